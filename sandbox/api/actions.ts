import { Hono } from "hono";

import type { Cloud } from "./cloud";
import { nextId, type Action, type CloudState } from "./cloud-state";
import { findById, pathId } from "./find";
import { listResponse } from "./list";

/** Actions older than these are forgotten, as the real API forgets them after a while. */
const remembered = 500;

/** What an action was about. */
export interface ActionResource {
  readonly id: number;
  readonly type: "server" | "image" | "firewall" | "volume" | "primary_ip" | "network";
}

/**
 * Notes a finished action and returns it. All actions are finished when they are answered (a request waits for its
 * machine), so that clients never have to poll; the real API lets them.
 */
export function recordAction(
  state: CloudState,
  command: string,
  resources: readonly ActionResource[],
): Action {
  const now = new Date().toISOString();
  const action: Action = {
    id: nextId(state),
    command,
    status: "success",
    progress: 100,
    started: now,
    finished: now,
    error: null,
    resources,
  };
  state.actions = [...state.actions.slice(1 - remembered), action];
  return action;
}

/** `GET /actions?id=1&id=2` and `GET /actions/{id}`. */
export function actionRoutes(cloud: Cloud): Hono {
  const routes = new Hono();
  routes
    .get("/", (context) => {
      const ids = context.req.queries("id");
      const { actions } = cloud.store.read();
      const wanted =
        ids === undefined ? actions : actions.filter((action) => ids.includes(String(action.id)));
      return listResponse(context, "actions", wanted);
    })
    .get("/:id", (context) =>
      context.json({ action: findById(cloud.store.read().actions, pathId(context, "action"), "action") }),
    );
  return routes;
}
