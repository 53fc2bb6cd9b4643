import { Hono } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import { debianImageId, debianImageName } from "./catalogue";
import type { Cloud } from "./cloud";
import type { CloudState, Snapshot } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseProtected } from "./find";
import { listResponse } from "./list";
import { labels, requestBody } from "./request-body";

const kind = "image";

const debian = {
  id: debianImageId,
  type: "system",
  status: "available",
  name: debianImageName as string | null,
  description: "Debian 12",
  image_size: null as number | null,
  disk_size: 5,
  created: "2023-06-13T06:00:00+00:00",
  created_from: null as { readonly id: number; readonly name: string } | null,
  bound_to: null as number | null,
  os_flavor: "debian",
  os_version: "12",
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {} as Readonly<Record<string, string>>,
  architecture: "x86",
};

const updateBody = z.strictObject({
  description: z.string().optional(),
  type: z.literal("snapshot").optional(),
  labels: labels.optional(),
});
const protectionBody = z.strictObject({ delete: z.boolean().optional() });

/** `/images`: the system image, snapshots and backups. These two are made by the server action create_image. */
export function imageRoutes(cloud: Cloud): Hono {
  const { store, driver } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) => {
      const { name, type, architecture } = context.req.query();
      const images = imagesOf(store.read()).filter(
        (image) =>
          (name === undefined || image.name === name) &&
          (type === undefined || image.type === type) &&
          (architecture === undefined || image.architecture === architecture),
      );
      return listResponse(context, "images", images);
    })
    .get("/:id", (context) => {
      const id = pathId(context, kind);
      return context.json({ image: findById(imagesOf(store.read()), id, kind) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const snapshot = changeState(store, (state) => {
        const found = findSnapshot(state, id);
        // The one change of type that the API knows: a backup that shall outlive its server.
        found.type = body.type ?? found.type;
        found.description = body.description ?? found.description;
        found.labels = body.labels ?? found.labels;
        return found;
      });
      return context.json({ image: snapshotResponse(snapshot) });
    })
    .delete("/:id", async (context) => {
      const id = pathId(context, kind);
      refuseProtected(findSnapshot(store.read(), id).protection, kind);
      await driver.removeImage(id);
      changeState(store, (state) => {
        state.images = state.images.filter((image) => image.id !== id);
      });
      return context.body(null, 204);
    })
    .post("/:id/actions/change_protection", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, protectionBody);
      const action = changeState(store, (state) => {
        const snapshot = findSnapshot(state, id);
        snapshot.protection.delete = body.delete ?? snapshot.protection.delete;
        return recordAction(state, "change_protection", [{ id, type: "image" }]);
      });
      return context.json({ action }, 201);
    });
  return routes;
}

/** The image with that id as the API shows it, or null: a server's snapshot may have been deleted since. */
export function imageResponse(state: CloudState, id: number) {
  return imagesOf(state).find((image) => image.id === id) ?? null;
}

/** The id of the image that a `POST /servers` or a rebuild names by name or id; `invalid_input` if there is none. */
export function imageIdOf(state: CloudState, nameOrId: string | number): number {
  const image = imagesOf(state).find(
    (candidate) => candidate.name === nameOrId || String(candidate.id) === String(nameOrId),
  );
  if (image === undefined) {
    throw apiError("invalid_input", `image ${nameOrId} not found`, {
      fields: [{ name: "image", messages: ["unknown image"] }],
    });
  }
  return image.id;
}

/** A snapshot or backup as the API shows it. */
export function snapshotResponse(snapshot: Snapshot): typeof debian {
  return {
    ...debian,
    id: snapshot.id,
    type: snapshot.type,
    name: null,
    description: snapshot.description,
    image_size: 1,
    disk_size: snapshot.diskSize,
    created: snapshot.created,
    created_from: snapshot.createdFrom,
    bound_to: snapshot.type === "backup" ? snapshot.createdFrom.id : null,
    rapid_deploy: false,
    protection: snapshot.protection,
    labels: snapshot.labels,
  };
}

function imagesOf(state: CloudState): (typeof debian)[] {
  return [debian, ...state.images.map(snapshotResponse)];
}

function findSnapshot(state: CloudState, id: number): Snapshot {
  if (id === debianImageId) {
    throw apiError("unsupported_error", "system images cannot be changed");
  }
  return findById(state.images, id, kind);
}

/** Deletes the backups that belong to a server: what becomes of them when it goes, or when they are switched off. */
export async function removeBackups({ store, driver }: Cloud, server: number): Promise<void> {
  const backups = store
    .read()
    .images.filter(({ type, createdFrom }) => type === "backup" && createdFrom.id === server);
  for (const { id } of backups) await driver.removeImage(id);
  changeState(store, (state) => {
    state.images = state.images.filter((image) => !backups.some(({ id }) => id === image.id));
  });
}
