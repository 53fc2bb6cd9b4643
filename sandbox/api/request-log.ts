import { Hono, type MiddlewareHandler } from "hono";

/** One request as a test counts it: method, path with query, and body text (`""` if none). */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Requests are kept in memory, the newest only. */
const remembered = 10_000;

/** Every request under /v1 since the start: `GET /sandbox/requests`, emptied by `DELETE /sandbox/requests`. */
export class RequestLog {
  #requests: LoggedRequest[] = [];

  routes(): Hono {
    const routes = new Hono();
    routes
      .get("/", (context) => context.json({ requests: this.#requests }))
      .delete("/", (context) => {
        this.#requests = [];
        return context.body(null, 204);
      });
    return routes;
  }

  middleware(): MiddlewareHandler {
    return async (context, next) => {
      const url = new URL(context.req.url);
      const body = await context.req.text();
      this.#requests = [
        ...this.#requests.slice(1 - remembered),
        { method: context.req.method, path: `${url.pathname}${url.search}`, body },
      ];
      await next();
    };
  }
}
