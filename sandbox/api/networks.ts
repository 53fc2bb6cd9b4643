import { Hono } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import type { Cloud } from "./cloud";
import { nextId, type CloudState, type Network, type Server } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseProtected, refuseUsedName, updateNameAndLabels } from "./find";
import { listResponse } from "./list";
import { labels, requestBody, resourceName } from "./request-body";

const kind = "network";

const subnet = z.strictObject({
  type: z.enum(["cloud", "server"]),
  network_zone: z.literal("eu-central"),
  ip_range: z.cidrv4(),
});
const createBody = z.strictObject({
  name: resourceName,
  ip_range: z.cidrv4(),
  subnets: z.array(subnet).default([]),
  labels: labels.default({}),
});
const updateBody = z.strictObject({ name: resourceName.optional(), labels: labels.optional() });
const deleteSubnetBody = z.strictObject({ ip_range: z.cidrv4() });
const protectionBody = z.strictObject({ delete: z.boolean().optional() });

/**
 * `/networks`: list, create, read, update, delete, add_subnet, delete_subnet, change_protection. Servers are noted as
 * attached; their machines get no second interface.
 */
export function networkRoutes(cloud: Cloud): Hono {
  const { store } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) => {
      const state = store.read();
      return listResponse(
        context,
        "networks",
        state.networks.map((network) => networkResponse(state, network)),
      );
    })
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const answer = changeState(store, (state) => {
        refuseUsedName(state.networks, body.name, kind);
        const network: Network = {
          id: nextId(state),
          created: new Date().toISOString(),
          name: body.name,
          ipRange: body.ip_range,
          subnets: body.subnets,
          labels: body.labels,
          protection: { delete: false },
        };
        state.networks.push(network);
        return networkResponse(state, network);
      });
      return context.json({ network: answer }, 201);
    })
    .get("/:id", (context) => {
      const state = store.read();
      return context.json({
        network: networkResponse(state, findById(state.networks, pathId(context, kind), kind)),
      });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const network = changeState(store, (state) => {
        return networkResponse(state, updateNameAndLabels(state.networks, id, body, kind));
      });
      return context.json({ network });
    })
    .delete("/:id", (context) => {
      const id = pathId(context, kind);
      changeState(store, (state) => {
        refuseProtected(findById(state.networks, id, kind).protection, kind);
        state.networks = state.networks.filter((network) => network.id !== id);
        for (const server of state.servers) {
          server.privateNetworks = server.privateNetworks.filter(({ network }) => network !== id);
        }
      });
      return context.body(null, 204);
    })
    .post("/:id/actions/add_subnet", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, subnet);
      const action = changeState(store, (state) => {
        const network = findById(state.networks, id, kind);
        if (network.subnets.some(({ ip_range }) => ip_range === body.ip_range)) {
          throw apiError("invalid_input", `subnet '${body.ip_range}' is already there`);
        }
        network.subnets.push(body);
        return recordAction(state, "add_subnet", [{ id, type: "network" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/delete_subnet", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, deleteSubnetBody);
      const action = changeState(store, (state) => {
        const network = findById(state.networks, id, kind);
        network.subnets = network.subnets.filter(({ ip_range }) => ip_range !== body.ip_range);
        return recordAction(state, "delete_subnet", [{ id, type: "network" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/change_protection", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, protectionBody);
      const action = changeState(store, (state) => {
        const { protection } = findById(state.networks, id, kind);
        protection.delete = body.delete ?? protection.delete;
        return recordAction(state, "change_protection", [{ id, type: "network" }]);
      });
      return context.json({ action }, 201);
    });
  return routes;
}

/** Notes a server as a member of a network, with the wanted or the next free address. */
export function attachToNetwork(state: CloudState, server: Server, networkId: number, wanted?: string): void {
  const network = findById(state.networks, networkId, kind);
  if (server.privateNetworks.some((member) => member.network === networkId)) {
    throw apiError("server_already_attached", "server is already attached to this network");
  }
  const used = state.servers.flatMap((other) =>
    other.privateNetworks.filter((member) => member.network === networkId).map(({ ip }) => ip),
  );
  const prefix = network.ipRange.replace(/\.[0-9]+\/[0-9]+$/, "");
  // Hetzner keeps the first address for the gateway.
  const free = Array.from({ length: 253 }, (_, index) => `${prefix}.${index + 2}`).find(
    (ip) => !used.includes(ip),
  );
  const ip = wanted ?? free;
  if (ip === undefined || used.includes(ip)) {
    throw apiError("conflict", "no free address in this network");
  }
  server.privateNetworks.push({ network: networkId, ip });
}

/** Undoes `attachToNetwork`. */
export function detachFromNetwork(server: Server, networkId: number): void {
  if (!server.privateNetworks.some(({ network }) => network === networkId)) {
    throw apiError("not_found", "server is not attached to this network");
  }
  server.privateNetworks = server.privateNetworks.filter(({ network }) => network !== networkId);
}

function networkResponse(state: CloudState, network: Network) {
  const { ipRange, ...shown } = network;
  const members = state.servers.filter((server) =>
    server.privateNetworks.some((member) => member.network === network.id),
  );
  return {
    ...shown,
    ip_range: ipRange,
    routes: [],
    load_balancers: [],
    servers: members.map(({ id }) => id),
  };
}
