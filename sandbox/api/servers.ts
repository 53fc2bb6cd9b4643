import { Hono } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import { locations, serverTypes } from "./catalogue";
import type { Cloud } from "./cloud";
import { nextId, type CloudState, type Server } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseProtected, refuseUsedName, updateNameAndLabels } from "./find";
import { imageIdOf, removeBackups } from "./images";
import { listResponse } from "./list";
import { machineSpec, type MachineLocks, usedAddresses } from "./machines";
import { labels, requestBody, serverName } from "./request-body";
import { serverResponse } from "./server-response";

const kind = "server";

/** user_data of the real API is at most 32 KiB. */
const largestUserData = 32 * 1024;

const nameOrId = z.union([z.string().min(1), z.int()]);
const createBody = z.strictObject({
  name: serverName,
  server_type: nameOrId,
  image: nameOrId,
  ssh_keys: z.array(nameOrId).default([]),
  location: z.string().default("fsn1"),
  user_data: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= largestUserData, "must not be longer than 32 KiB")
    .default(""),
  labels: labels.default({}),
  firewalls: z.array(z.strictObject({ firewall: z.int() })).default([]),
  placement_group: z.int().optional(),
  start_after_create: z.boolean().default(true),
  public_net: z
    .strictObject({
      enable_ipv4: z.literal(true, "the sandbox gives every server an IPv4 address").optional(),
      enable_ipv6: z.boolean().optional(),
      ipv4: z.int().nullish(),
      ipv6: z.int().nullish(),
    })
    .default({}),
});
type CreateBody = z.infer<typeof createBody>;
const updateBody = z.strictObject({ name: serverName.optional(), labels: labels.optional() });

/** `/servers`: list, create (boots a machine), read, update, delete (removes the machine and its disk). */
export function serverRoutes(cloud: Cloud, locks: MachineLocks): Hono {
  const { store, driver } = cloud;
  const shown = (state: CloudState, server: Server) =>
    serverResponse(state, server, locks.isLocked(server.id));
  const routes = new Hono();
  routes
    .get("/", (context) => {
      const state = store.read();
      return listResponse(
        context,
        "servers",
        state.servers.map((server) => shown(state, server)),
      );
    })
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const { id } = changeState(store, (state) => addServer(state, cloud, body));
      if (body.start_after_create) {
        await startNewServer(cloud, locks, id);
      }
      const answer = changeState(store, (state) => {
        const server = findById(state.servers, id, kind);
        server.status = body.start_after_create ? "running" : "off";
        const action = recordAction(state, "create_server", [{ id, type: "server" }]);
        return { server: shown(state, server), action, next_actions: [], root_password: null };
      });
      return context.json(answer, 201);
    })
    .get("/:id", (context) => {
      const state = store.read();
      return context.json({ server: shown(state, findById(state.servers, pathId(context, kind), kind)) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const server = changeState(store, (state) => {
        return shown(state, updateNameAndLabels(state.servers, id, body, kind));
      });
      return context.json({ server });
    })
    .delete("/:id", async (context) => {
      const id = pathId(context, kind);
      refuseProtected(findById(store.read().servers, id, kind).protection, kind);
      await locks.run(cloud, id, () => driver.remove(id));
      await removeBackups(cloud, id);
      const action = changeState(store, (state) => {
        removeServer(state, id);
        return recordAction(state, "delete_server", [{ id, type: "server" }]);
      });
      return context.json({ action });
    });
  return routes;
}

/** Notes the new server as `initializing`, so that a process killed while it boots finds it again. */
function addServer(state: CloudState, { driver }: Cloud, body: CreateBody): Server {
  refuseUsedName(state.servers, body.name, kind);
  const serverType = serverTypes.find(({ id, name }) => name === body.server_type || id === body.server_type);
  if (serverType === undefined) {
    throw unknown("server_type", body.server_type);
  }
  if (!locations.some(({ name }) => name === body.location)) {
    throw unknown("location", body.location);
  }
  const publicKeys = body.ssh_keys.map((key) => publicKeyOf(state, key));
  const firewalls = body.firewalls.map(({ firewall }) => findById(state.firewalls, firewall, "firewall"));
  if (body.placement_group !== undefined) {
    findById(state.placementGroups, body.placement_group, "placement group");
  }
  const primaryIps = [body.public_net.ipv4, body.public_net.ipv6]
    .filter((id) => id !== undefined && id !== null)
    .map((id) => findById(state.primaryIps, id, "primary IP"));
  const taken = primaryIps.find((primaryIp) => primaryIp.assigneeId !== null);
  if (taken !== undefined) {
    throw apiError("primary_ip_already_assigned", `primary IP with ID '${taken.id}' is already assigned`);
  }
  const ipv4 = primaryIps.find(({ type }) => type === "ipv4");
  const server: Server = {
    id: nextId(state),
    name: body.name,
    status: "initializing",
    created: new Date().toISOString(),
    serverType: serverType.name,
    location: body.location,
    imageId: imageIdOf(state, body.image),
    labels: body.labels,
    protection: { delete: false, rebuild: false },
    backupWindow: null,
    placementGroupId: body.placement_group ?? null,
    privateNetworks: [],
    primaryDiskSize: serverType.disk,
    address: ipv4?.ip ?? driver.allocateAddress(usedAddresses(state)),
    userData: body.user_data,
    publicKeys,
  };
  state.servers.push(server);
  for (const firewall of firewalls) {
    firewall.appliedTo.push(server.id);
  }
  for (const primaryIp of primaryIps) {
    primaryIp.assigneeId = server.id;
  }
  return server;
}

/** A server whose machine cannot boot is taken back, as the real API does when it finds no place for one. */
async function startNewServer(cloud: Cloud, locks: MachineLocks, id: number): Promise<void> {
  try {
    await locks.run(cloud, id, (server) => cloud.driver.start(machineSpec(server)));
  } catch (error) {
    await cloud.driver.remove(id);
    changeState(cloud.store, (state) => {
      removeServer(state, id);
    });
    const reason = error instanceof Error ? error.message : String(error);
    throw apiError("resource_unavailable", `the machine could not be started: ${reason}`);
  }
}

function removeServer(state: CloudState, id: number): void {
  state.servers = state.servers.filter((server) => server.id !== id);
  for (const firewall of state.firewalls) {
    firewall.appliedTo = firewall.appliedTo.filter((serverId) => serverId !== id);
  }
  for (const volume of state.volumes.filter(({ server }) => server === id)) {
    volume.server = null;
  }
  state.primaryIps = state.primaryIps.filter(
    ({ assigneeId, autoDelete }) => !(assigneeId === id && autoDelete),
  );
  for (const primaryIp of state.primaryIps.filter(({ assigneeId }) => assigneeId === id)) {
    primaryIp.assigneeId = null;
  }
}

function publicKeyOf(state: CloudState, key: string | number): string {
  const sshKey = state.sshKeys.find(({ id, name }) => name === key || String(id) === String(key));
  if (sshKey === undefined) {
    throw unknown("ssh_keys", key);
  }
  return sshKey.public_key;
}

function unknown(field: string, value: string | number) {
  return apiError("invalid_input", `invalid input in field '${field}'`, {
    fields: [{ name: field, messages: [`'${value}' does not exist`] }],
  });
}
