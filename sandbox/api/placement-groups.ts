import { Hono } from "hono";
import { z } from "zod";

import { apiError } from "./api-error";
import type { Cloud } from "./cloud";
import { nextId, type CloudState, type PlacementGroup } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseUsedName, updateNameAndLabels } from "./find";
import { listResponse } from "./list";
import { labels, requestBody, resourceName } from "./request-body";

const kind = "placement group";

const createBody = z.strictObject({
  name: resourceName,
  type: z.literal("spread"),
  labels: labels.default({}),
});
const updateBody = z.strictObject({ name: resourceName.optional(), labels: labels.optional() });

/** `/placement_groups`: list, create, read, update, delete. */
export function placementGroupRoutes(cloud: Cloud): Hono {
  const { store } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) => {
      const state = store.read();
      const groups = state.placementGroups.map((group) => placementGroupResponse(state, group));
      return listResponse(context, "placement_groups", groups);
    })
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const answer = changeState(store, (state) => {
        refuseUsedName(state.placementGroups, body.name, kind);
        const group: PlacementGroup = {
          id: nextId(state),
          created: new Date().toISOString(),
          name: body.name,
          labels: body.labels,
        };
        state.placementGroups.push(group);
        return { placement_group: placementGroupResponse(state, group), action: null };
      });
      return context.json(answer, 201);
    })
    .get("/:id", (context) => {
      const state = store.read();
      const group = findById(state.placementGroups, pathId(context, kind), kind);
      return context.json({ placement_group: placementGroupResponse(state, group) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const answer = changeState(store, (state) => {
        return placementGroupResponse(state, updateNameAndLabels(state.placementGroups, id, body, kind));
      });
      return context.json({ placement_group: answer });
    })
    .delete("/:id", (context) => {
      const id = pathId(context, kind);
      changeState(store, (state) => {
        findById(state.placementGroups, id, kind);
        if (state.servers.some((server) => server.placementGroupId === id)) {
          throw apiError("resource_in_use", `placement group with ID '${id}' is still in use`);
        }
        state.placementGroups = state.placementGroups.filter((group) => group.id !== id);
      });
      return context.body(null, 204);
    });
  return routes;
}

/** A placement group as the API shows it. */
export function placementGroupResponse(state: CloudState, group: PlacementGroup) {
  const servers = state.servers.filter((server) => server.placementGroupId === group.id).map(({ id }) => id);
  return { ...group, type: "spread", servers };
}
