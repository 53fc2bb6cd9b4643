import { setTimeout as sleep } from "node:timers/promises";

import { Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";

import { ApiError } from "./api-error";
import { requestBody } from "./request-body";

const fault = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "DELETE"]),
  path: z.string().startsWith("/v1/"),
  count: z.int().min(1).default(1),
  status: z.int().min(400).max(599),
  code: z.string().optional(),
  message: z.string().default("fault asked for by a test"),
  answerLost: z.boolean().default(false),
  afterSeconds: z.number().min(0).max(60).default(0),
});

/**
 * Faults for tests. `POST /sandbox/faults` with
 * `{"method": "POST", "path": "/v1/servers", "count": 2, "status": 429, "code": "rate_limit_exceeded"}` makes the next
 * two such requests fail, before they change anything. A `*` in the path stands for one segment. Without a code the
 * answer is a bare status without a JSON body, as proxies give it (502, 504). With `"answerLost": true` the request is
 * carried out all the same, and only its answer is replaced; with `"afterSeconds": 20` the answer is held back so long.
 * Kept in memory only.
 */
export class Faults {
  #faults: z.infer<typeof fault>[] = [];

  /** The hook itself; `DELETE` takes back what has not happened yet. */
  routes(): Hono {
    const routes = new Hono();
    routes
      .post("/", async (context) => {
        this.#faults.push(await requestBody(context, fault));
        return context.body(null, 204);
      })
      .delete("/", (context) => {
        this.#faults = [];
        return context.body(null, 204);
      });
    return routes;
  }

  /** Answers with the first fault that fits, if there is one. */
  middleware(): MiddlewareHandler {
    return async (context, next) => {
      const due = this.#faults.find(
        (candidate) =>
          candidate.method === context.req.method && matchesPath(candidate.path, context.req.path),
      );
      if (due === undefined) {
        await next();
        return;
      }
      due.count -= 1;
      this.#faults = this.#faults.filter((candidate) => candidate.count > 0);
      const answer =
        due.code === undefined
          ? new Response(due.message, { status: due.status })
          : new ApiError(due.status, due.code, due.message).response();
      if (!due.answerLost) {
        await sleep(due.afterSeconds * 1000);
        return answer;
      }
      await next();
      await sleep(due.afterSeconds * 1000);
      // Hono keeps headers of an answer that is replaced, unless it is taken away first.
      context.res = undefined;
      context.res = answer;
      return undefined;
    };
  }
}

function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment === "*" || segment === given[index])
  );
}
