import { Hono, type MiddlewareHandler } from "hono";

import { actionRoutes } from "./actions";
import { apiError, ApiError } from "./api-error";
import { locationRoutes, serverTypeRoutes } from "./catalogue-routes";
import type { Cloud } from "./cloud";
import { Faults } from "./faults";
import { firewallRoutes } from "./firewalls";
import { imageRoutes } from "./images";
import { MachineLocks } from "./machines";
import { networkRoutes } from "./networks";
import { placementGroupRoutes } from "./placement-groups";
import { primaryIpRoutes } from "./primary-ips";
import { RequestLog } from "./request-log";
import { serverActionRoutes } from "./server-actions";
import { serverRoutes } from "./servers";
import { sshKeyRoutes } from "./ssh-keys";
import { volumeRoutes } from "./volumes";

/** Tokens of the real API have this length, and its official provider takes no other. */
const tokenLength = 64;

/**
 * The local Hetzner Cloud API: under `/v1` what https://docs.hetzner.cloud describes, as far as the sandbox needs it,
 * and under `/sandbox` the request log and the faults for tests. Serve it on a loopback address only: any token of 64
 * characters is let in.
 */
export function createApi(cloud: Cloud): Hono {
  const locks = new MachineLocks();
  const requestLog = new RequestLog();
  const faults = new Faults();
  const api = new Hono();
  api
    .route("/sandbox/requests", requestLog.routes())
    .route("/sandbox/faults", faults.routes())
    .use("/v1/*", requestLog.middleware(), faults.middleware(), authenticated)
    .route("/v1/actions", actionRoutes(cloud))
    .route("/v1/firewalls", firewallRoutes(cloud))
    .route("/v1/images", imageRoutes(cloud))
    .route("/v1/locations", locationRoutes())
    .route("/v1/networks", networkRoutes(cloud))
    .route("/v1/placement_groups", placementGroupRoutes(cloud))
    .route("/v1/primary_ips", primaryIpRoutes(cloud))
    .route("/v1/server_types", serverTypeRoutes())
    .route("/v1/servers", serverRoutes(cloud, locks))
    .route("/v1/servers", serverActionRoutes(cloud, locks))
    .route("/v1/ssh_keys", sshKeyRoutes(cloud))
    .route("/v1/volumes", volumeRoutes(cloud))
    .notFound(() => apiError("not_found", "there is no such resource in the sandbox").response())
    .onError((error) => {
      if (error instanceof ApiError) {
        return error.response();
      }
      return apiError("server_error", `the sandbox failed: ${error.message}`).response();
    });
  return api;
}

const authenticated: MiddlewareHandler = async (context, next) => {
  const token = /^Bearer (\S+)$/.exec(context.req.header("Authorization") ?? "")?.[1];
  if (token?.length !== tokenLength) {
    throw apiError("unauthorized", "unable to authenticate");
  }
  await next();
};
