import { Hono } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import { locations } from "./catalogue";
import { datacenterResponse, locationResponse } from "./catalogue-routes";
import type { Cloud } from "./cloud";
import { nextId, type PrimaryIp } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseProtected, refuseUsedName, updateNameAndLabels } from "./find";
import { listResponse } from "./list";
import { usedAddresses } from "./machines";
import { labels, requestBody, resourceName } from "./request-body";

const kind = "primary IP";

const createBody = z.strictObject({
  name: resourceName,
  type: z.enum(["ipv4", "ipv6"]),
  assignee_type: z.literal("server"),
  location: z.enum(locations.map(({ name }) => name)).default("fsn1"),
  auto_delete: z.boolean().default(false),
  labels: labels.default({}),
});
const updateBody = z.strictObject({
  name: resourceName.optional(),
  auto_delete: z.boolean().optional(),
  labels: labels.optional(),
});
const assignBody = z.strictObject({ assignee_id: z.int(), assignee_type: z.literal("server") });
const protectionBody = z.strictObject({ delete: z.boolean().optional() });

/**
 * `/primary_ips`: list, create, read, update, delete, assign, unassign, change_protection. An IPv4 address is one that
 * a machine can have; it reaches the machine when its server is created with it or next started.
 */
export function primaryIpRoutes(cloud: Cloud): Hono {
  const { store, driver } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) =>
      listResponse(context, "primary_ips", store.read().primaryIps.map(primaryIpResponse)),
    )
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const answer = changeState(store, (state) => {
        refuseUsedName(state.primaryIps, body.name, kind);
        const id = nextId(state);
        const primaryIp: PrimaryIp = {
          id,
          created: new Date().toISOString(),
          name: body.name,
          type: body.type,
          ip:
            body.type === "ipv4"
              ? driver.allocateAddress(usedAddresses(state))
              : `2001:db8:0:${id.toString(16)}::/64`,
          location: body.location,
          assigneeId: null,
          autoDelete: body.auto_delete,
          labels: body.labels,
          protection: { delete: false },
        };
        state.primaryIps.push(primaryIp);
        return { primary_ip: primaryIpResponse(primaryIp), action: null };
      });
      return context.json(answer, 201);
    })
    .get("/:id", (context) => {
      const primaryIp = findById(store.read().primaryIps, pathId(context, kind), kind);
      return context.json({ primary_ip: primaryIpResponse(primaryIp) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const answer = changeState(store, (state) => {
        const primaryIp = updateNameAndLabels(state.primaryIps, id, body, kind);
        primaryIp.autoDelete = body.auto_delete ?? primaryIp.autoDelete;
        return primaryIpResponse(primaryIp);
      });
      return context.json({ primary_ip: answer });
    })
    .delete("/:id", (context) => {
      const id = pathId(context, kind);
      changeState(store, (state) => {
        const primaryIp = findById(state.primaryIps, id, kind);
        refuseProtected(primaryIp.protection, kind);
        if (primaryIp.assigneeId !== null) {
          throw apiError("resource_in_use", `primary IP with ID '${id}' is still assigned`);
        }
        state.primaryIps = state.primaryIps.filter((candidate) => candidate.id !== id);
      });
      return context.body(null, 204);
    })
    .post("/:id/actions/assign", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, assignBody);
      const action = changeState(store, (state) => {
        const primaryIp = findById(state.primaryIps, id, kind);
        const server = findById(state.servers, body.assignee_id, "server");
        if (primaryIp.assigneeId !== null) {
          throw apiError("primary_ip_already_assigned", `primary IP with ID '${id}' is already assigned`);
        }
        refuseUnlessOff(server.status);
        primaryIp.assigneeId = server.id;
        if (primaryIp.type === "ipv4") {
          server.address = primaryIp.ip;
        }
        return recordAction(state, "assign_primary_ip", [{ id, type: "primary_ip" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/unassign", (context) => {
      const id = pathId(context, kind);
      const action = changeState(store, (state) => {
        const primaryIp = findById(state.primaryIps, id, kind);
        const server = state.servers.find((candidate) => candidate.id === primaryIp.assigneeId);
        if (server !== undefined) {
          refuseUnlessOff(server.status);
          if (primaryIp.type === "ipv4") {
            server.address = driver.allocateAddress(usedAddresses(state));
          }
        }
        primaryIp.assigneeId = null;
        return recordAction(state, "unassign_primary_ip", [{ id, type: "primary_ip" }]);
      });
      return context.json({ action }, 201);
    })
    .post("/:id/actions/change_protection", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, protectionBody);
      const action = changeState(store, (state) => {
        const { protection } = findById(state.primaryIps, id, kind);
        protection.delete = body.delete ?? protection.delete;
        return recordAction(state, "change_protection", [{ id, type: "primary_ip" }]);
      });
      return context.json({ action }, 201);
    });
  return routes;
}

function refuseUnlessOff(status: string): void {
  if (status !== "off") {
    throw apiError("server_not_stopped", "server must be stopped");
  }
}

function primaryIpResponse(primaryIp: PrimaryIp) {
  const { assigneeId, autoDelete, location, ...shown } = primaryIp;
  return {
    ...shown,
    assignee_id: assigneeId,
    assignee_type: "server",
    auto_delete: autoDelete,
    blocked: false,
    dns_ptr: [],
    location: locationResponse(location),
    datacenter: datacenterResponse(location),
  };
}
