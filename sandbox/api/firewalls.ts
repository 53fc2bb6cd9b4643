import { Hono } from "hono";
import { z } from "zod";

import { recordAction } from "./actions";
import { apiError } from "./api-error";
import type { Cloud } from "./cloud";
import { nextId, type CloudState, type Firewall } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseUsedName, updateNameAndLabels } from "./find";
import { listResponse } from "./list";
import { labels, requestBody, resourceName } from "./request-body";

const kind = "firewall";

const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const rule = z
  .strictObject({
    direction: z.enum(["in", "out"]),
    protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
    port: z
      .string()
      .regex(/^[0-9]{1,5}(-[0-9]{1,5})?$/)
      .nullable()
      .default(null),
    source_ips: z.array(cidr).default([]),
    destination_ips: z.array(cidr).default([]),
    description: z.string().max(255).nullable().default(null),
  })
  .refine((value) => (value.port !== null) === ["tcp", "udp"].includes(value.protocol), {
    path: ["port"],
    message: "port is required for tcp and udp, and forbidden for others",
  });
const rules = z.array(rule).max(50);
const serverResource = z.strictObject({
  type: z.literal("server"),
  server: z.strictObject({ id: z.int() }),
});
const resources = z.array(serverResource);

const createBody = z.strictObject({
  name: resourceName,
  labels: labels.default({}),
  rules: rules.default([]),
  apply_to: resources.default([]),
});
const updateBody = z.strictObject({ name: resourceName.optional(), labels: labels.optional() });
const setRulesBody = z.strictObject({ rules: rules.default([]) });
const applyBody = z.strictObject({ apply_to: resources.min(1) });
const removeBody = z.strictObject({ remove_from: resources.min(1) });

/** `/firewalls`: list, create, read, update, delete, and the actions set_rules, apply_to_resources, remove_from_resources. */
export function firewallRoutes(cloud: Cloud): Hono {
  const { store } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) => listResponse(context, "firewalls", store.read().firewalls.map(firewallResponse)))
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const answer = changeState(store, (state) => {
        refuseUsedName(state.firewalls, body.name, kind);
        const firewall: Firewall = {
          id: nextId(state),
          name: body.name,
          labels: body.labels,
          created: new Date().toISOString(),
          rules: body.rules,
          appliedTo: [],
        };
        state.firewalls.push(firewall);
        const actions = body.apply_to.map(({ server }) => applyTo(state, firewall, server.id));
        return { firewall: firewallResponse(firewall), actions };
      });
      return context.json(answer, 201);
    })
    .get("/:id", (context) => {
      const firewall = findById(store.read().firewalls, pathId(context, kind), kind);
      return context.json({ firewall: firewallResponse(firewall) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const firewall = changeState(store, (state) => {
        return updateNameAndLabels(state.firewalls, id, body, kind);
      });
      return context.json({ firewall: firewallResponse(firewall) });
    })
    .delete("/:id", (context) => {
      const id = pathId(context, kind);
      changeState(store, (state) => {
        if (findById(state.firewalls, id, kind).appliedTo.length > 0) {
          throw apiError("resource_in_use", `firewall with ID '${id}' is still in use`);
        }
        state.firewalls = state.firewalls.filter((firewall) => firewall.id !== id);
      });
      return context.body(null, 204);
    })
    .post("/:id/actions/set_rules", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, setRulesBody);
      const actions = changeState(store, (state) => {
        findById(state.firewalls, id, kind).rules = body.rules;
        return [recordAction(state, "set_firewall_rules", [{ id, type: "firewall" }])];
      });
      return context.json({ actions }, 201);
    })
    .post("/:id/actions/apply_to_resources", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, applyBody);
      const actions = changeState(store, (state) => {
        const firewall = findById(state.firewalls, id, kind);
        return body.apply_to.map(({ server }) => applyTo(state, firewall, server.id));
      });
      return context.json({ actions }, 201);
    })
    .post("/:id/actions/remove_from_resources", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, removeBody);
      const actions = changeState(store, (state) => {
        const firewall = findById(state.firewalls, id, kind);
        return body.remove_from.map(({ server }) => removeFrom(state, firewall, server.id));
      });
      return context.json({ actions }, 201);
    });
  return routes;
}

/** A firewall as the API shows it. */
function firewallResponse(firewall: Firewall) {
  const { appliedTo, ...shown } = firewall;
  return { ...shown, applied_to: appliedTo.map((id) => ({ type: "server", server: { id } })) };
}

function applyTo(state: CloudState, firewall: Firewall, serverId: number) {
  findById(state.servers, serverId, "server");
  if (firewall.appliedTo.includes(serverId)) {
    throw apiError("firewall_already_applied", `firewall with ID '${firewall.id}' is already applied`);
  }
  firewall.appliedTo.push(serverId);
  return recordAction(state, "apply_firewall", [
    { id: firewall.id, type: "firewall" },
    { id: serverId, type: "server" },
  ]);
}

function removeFrom(state: CloudState, firewall: Firewall, serverId: number) {
  if (!firewall.appliedTo.includes(serverId)) {
    throw apiError(
      "firewall_already_removed",
      `firewall with ID '${firewall.id}' is not applied to this server`,
    );
  }
  firewall.appliedTo = firewall.appliedTo.filter((id) => id !== serverId);
  return recordAction(state, "remove_firewall", [
    { id: firewall.id, type: "firewall" },
    { id: serverId, type: "server" },
  ]);
}
