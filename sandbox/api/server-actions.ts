import { Hono, type Context } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import { serverTypes } from "./catalogue";
import type { Cloud } from "./cloud";
import { nextId, type CloudState, type Server, type Snapshot } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId } from "./find";
import { imageIdOf, removeBackups, snapshotResponse } from "./images";
import { currentServer, machineSpec, type MachineLocks } from "./machines";
import { attachToNetwork, detachFromNetwork } from "./networks";
import { labels, requestBody } from "./request-body";

const kind = "server";

const changeTypeBody = z.strictObject({ server_type: z.string(), upgrade_disk: z.boolean() });
const protectionBody = z.strictObject({ delete: z.boolean().optional(), rebuild: z.boolean().optional() });
const createImageBody = z.strictObject({
  type: z.enum(["snapshot", "backup"]).default("snapshot"),
  description: z.string().max(255).default(""),
  labels: labels.default({}),
});
const rebuildBody = z.strictObject({ image: z.union([z.string().min(1), z.int()]) });
const attachBody = z.strictObject({
  network: z.int(),
  ip: z.ipv4().optional(),
  alias_ips: z.array(z.ipv4()).max(0).optional(),
});
const detachBody = z.strictObject({ network: z.int() });
const placementGroupBody = z.strictObject({ placement_group: z.int() });

/** `POST /servers/{id}/actions/…`. */
export function serverActionRoutes(cloud: Cloud, locks: MachineLocks): Hono {
  const { store, driver } = cloud;

  /** Answers with the action after a change of the state alone. */
  const changed = (
    context: Context,
    command: string,
    change: (server: Server, state: CloudState) => void,
  ) => {
    const id = pathId(context, kind);
    const action = changeState(store, (state) => {
      const server = findById(state.servers, id, kind);
      if (locks.isLocked(id)) {
        throw apiError("locked", "server is locked");
      }
      change(server, state);
      return recordAction(state, command, [{ id, type: "server" }]);
    });
    return context.json({ action }, 201);
  };

  /** Answers with the action when the machine has done what it was told. */
  const operated = async (
    context: Context,
    command: string,
    status: Server["status"],
    operation: (server: Server) => Promise<void>,
  ) => {
    const id = pathId(context, kind);
    await locks.run(cloud, id, operation);
    const action = changeState(store, (state) => {
      currentServer(state, id).status = status;
      return recordAction(state, command, [{ id, type: "server" }]);
    });
    return context.json({ action }, 201);
  };

  const routes = new Hono();
  routes
    .post("/:id/actions/poweron", (context) =>
      operated(context, "start_server", "running", async (server) => {
        if (server.status === "off") {
          await driver.start(machineSpec(server));
        }
      }),
    )
    .post("/:id/actions/poweroff", (context) =>
      operated(context, "stop_server", "off", (server) => driver.stop(server.id, "poweroff")),
    )
    .post("/:id/actions/shutdown", (context) =>
      operated(context, "shutdown_server", "off", (server) => driver.stop(server.id, "shutdown")),
    )
    .post("/:id/actions/reboot", (context) =>
      operated(context, "reboot_server", "running", async (server) => {
        await driver.stop(server.id, "shutdown");
        await driver.start(machineSpec(server));
      }),
    )
    .post("/:id/actions/reset", (context) =>
      operated(context, "reset_server", "running", async (server) => {
        await driver.stop(server.id, "poweroff");
        await driver.start(machineSpec(server));
      }),
    )
    .post("/:id/actions/change_type", async (context) => {
      const body = await requestBody(context, changeTypeBody);
      return changed(context, "change_server_type", (server) => {
        const serverType = serverTypes.find(({ name }) => name === body.server_type);
        if (serverType === undefined) {
          throw apiError("invalid_server_type", `server type '${body.server_type}' does not exist`);
        }
        refuseRunning(server);
        server.serverType = serverType.name;
      });
    })
    .post("/:id/actions/enable_backup", (context) =>
      changed(context, "enable_backup", (server) => {
        server.backupWindow = "22-02";
      }),
    )
    .post("/:id/actions/disable_backup", async (context) => {
      const answer = changed(context, "disable_backup", (server) => {
        server.backupWindow = null;
      });
      await removeBackups(cloud, pathId(context, kind));
      return answer;
    })
    .post("/:id/actions/change_protection", async (context) => {
      const body = await requestBody(context, protectionBody);
      return changed(context, "change_protection", ({ protection }) => {
        protection.delete = body.delete ?? protection.delete;
        protection.rebuild = body.rebuild ?? protection.rebuild;
      });
    })
    .post("/:id/actions/create_image", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, createImageBody);
      if (body.type === "backup" && findById(store.read().servers, id, kind).backupWindow === null) {
        throw apiError("invalid_input", "backups are not enabled for this server");
      }
      const imageId = changeState(store, nextId);
      await locks.run(cloud, id, () => driver.snapshot(id, imageId));
      const answer = changeState(store, (state) => {
        const server = currentServer(state, id);
        const snapshot: Snapshot = {
          id: imageId,
          type: body.type,
          created: new Date().toISOString(),
          createdFrom: { id, name: server.name },
          diskSize: server.primaryDiskSize,
          description: body.description,
          labels: body.labels,
          protection: { delete: false },
        };
        state.images.push(snapshot);
        const action = recordAction(state, "create_image", [
          { id, type: "server" },
          { id: imageId, type: "image" },
        ]);
        return { action, image: snapshotResponse(snapshot) };
      });
      return context.json(answer, 201);
    })
    .post("/:id/actions/rebuild", async (context) => {
      const body = await requestBody(context, rebuildBody);
      const imageId = imageIdOf(store.read(), body.image);
      return operated(context, "rebuild_server", "running", async (server) => {
        if (server.protection.rebuild) {
          throw apiError("protected", "server rebuild is protected");
        }
        await driver.remove(server.id);
        changeState(store, (state) => {
          currentServer(state, server.id).imageId = imageId;
        });
        await driver.start(machineSpec({ ...server, imageId }));
      });
    })
    .post("/:id/actions/attach_to_network", async (context) => {
      const body = await requestBody(context, attachBody);
      return changed(context, "attach_to_network", (server, state) => {
        attachToNetwork(state, server, body.network, body.ip);
      });
    })
    .post("/:id/actions/detach_from_network", async (context) => {
      const body = await requestBody(context, detachBody);
      return changed(context, "detach_from_network", (server) => {
        detachFromNetwork(server, body.network);
      });
    })
    .post("/:id/actions/add_to_placement_group", async (context) => {
      const body = await requestBody(context, placementGroupBody);
      return changed(context, "add_to_placement_group", (server, state) => {
        findById(state.placementGroups, body.placement_group, "placement group");
        server.placementGroupId = body.placement_group;
      });
    })
    .post("/:id/actions/remove_from_placement_group", (context) =>
      changed(context, "remove_from_placement_group", (server) => {
        refuseRunning(server);
        server.placementGroupId = null;
      }),
    )
    .post("/:id/actions/request_console", () => {
      throw apiError(
        "unsupported_error",
        "the sandbox has no web console: use `npm run sandbox -- root SERVER COMMAND`",
      );
    });
  return routes;
}

function refuseRunning(server: Server): void {
  if (server.status !== "off") {
    throw apiError("server_not_stopped", "server must be stopped");
  }
}
