import { Hono } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import { locations } from "./catalogue";
import { locationResponse } from "./catalogue-routes";
import type { Cloud } from "./cloud";
import { nextId, type Volume } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseProtected, refuseUsedName, updateNameAndLabels } from "./find";
import { listResponse } from "./list";
import { labels, requestBody, resourceName } from "./request-body";

const kind = "volume";

const size = z.int().min(10).max(10240);
const createBody = z
  .strictObject({
    name: resourceName,
    size,
    server: z.int().optional(),
    location: z.enum(locations.map(({ name }) => name)).optional(),
    labels: labels.default({}),
    automount: z.boolean().optional(),
    format: z.enum(["ext4", "xfs"]).optional(),
  })
  .refine((body) => body.server !== undefined || body.location !== undefined, {
    path: ["location"],
    message: "either a server or a location is required",
  });
const updateBody = z.strictObject({ name: resourceName.optional(), labels: labels.optional() });
const attachBody = z.strictObject({ server: z.int(), automount: z.boolean().optional() });
const resizeBody = z.strictObject({ size });
const protectionBody = z.strictObject({ delete: z.boolean().optional() });

/**
 * `/volumes`: list, create, read, update, delete, attach, detach, resize, change_protection. Volumes are noted, with
 * their server; no block device appears in the machine.
 */
export function volumeRoutes(cloud: Cloud): Hono {
  const { store } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) => listResponse(context, "volumes", store.read().volumes.map(volumeResponse)))
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const answer = changeState(store, (state) => {
        refuseUsedName(state.volumes, body.name, kind);
        const server = body.server === undefined ? undefined : findById(state.servers, body.server, "server");
        const volume: Volume = {
          id: nextId(state),
          created: new Date().toISOString(),
          name: body.name,
          size: body.size,
          location: server?.location ?? body.location ?? "fsn1",
          server: server?.id ?? null,
          labels: body.labels,
          format: body.format ?? null,
          protection: { delete: false },
        };
        state.volumes.push(volume);
        const action = recordAction(state, "create_volume", [{ id: volume.id, type: "volume" }]);
        return { volume: volumeResponse(volume), action, next_actions: [] };
      });
      return context.json(answer, 201);
    })
    .get("/:id", (context) => {
      const volume = findById(store.read().volumes, pathId(context, kind), kind);
      return context.json({ volume: volumeResponse(volume) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const volume = changeState(store, (state) => {
        return volumeResponse(updateNameAndLabels(state.volumes, id, body, kind));
      });
      return context.json({ volume });
    })
    .delete("/:id", (context) => {
      const id = pathId(context, kind);
      changeState(store, (state) => {
        const volume = findById(state.volumes, id, kind);
        refuseProtected(volume.protection, kind);
        if (volume.server !== null) {
          throw apiError("resource_in_use", `volume with ID '${id}' is still attached to a server`);
        }
        state.volumes = state.volumes.filter((candidate) => candidate.id !== id);
      });
      return context.body(null, 204);
    })
    .post("/:id/actions/attach", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, attachBody);
      const action = changeState(store, (state) => {
        const volume = findById(state.volumes, id, kind);
        findById(state.servers, body.server, "server");
        if (volume.server !== null) {
          throw apiError(
            "volume_already_attached",
            "volume is already attached to a server, detach it first",
          );
        }
        volume.server = body.server;
        return recordAction(state, "attach_volume", [{ id, type: "volume" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/detach", (context) => {
      const id = pathId(context, kind);
      const action = changeState(store, (state) => {
        findById(state.volumes, id, kind).server = null;
        return recordAction(state, "detach_volume", [{ id, type: "volume" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/resize", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, resizeBody);
      const action = changeState(store, (state) => {
        const volume = findById(state.volumes, id, kind);
        if (body.size <= volume.size) {
          throw apiError("invalid_input", "invalid input in field 'size'", {
            fields: [{ name: "size", messages: ["a volume can only grow"] }],
          });
        }
        volume.size = body.size;
        return recordAction(state, "resize_volume", [{ id, type: "volume" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/change_protection", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, protectionBody);
      const action = changeState(store, (state) => {
        const { protection } = findById(state.volumes, id, kind);
        protection.delete = body.delete ?? protection.delete;
        return recordAction(state, "change_protection", [{ id, type: "volume" }]);
      });
      return context.json({ action }, 201);
    });
  return routes;
}

function volumeResponse(volume: Volume) {
  return {
    ...volume,
    location: locationResponse(volume.location),
    status: "available",
    linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`,
  };
}
