import { createHash } from "node:crypto";

import { Hono } from "hono";
import { z } from "zod";

import { apiError } from "./api-error";
import type { Cloud } from "./cloud";
import { nextId, type SshKey } from "./cloud-state";
import { changeState } from "./cloud-store";
import { findById, pathId, refuseUsedName, updateNameAndLabels } from "./find";
import { listResponse } from "./list";
import { labels, requestBody, resourceName } from "./request-body";

const kind = "SSH key";
const publicKeyShape =
  /^(ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-[a-z0-9-]+@openssh\.com) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/;

const createBody = z.strictObject({
  name: resourceName,
  public_key: z.string(),
  labels: labels.default({}),
});
const updateBody = z.strictObject({ name: resourceName.optional(), labels: labels.optional() });

/** `/ssh_keys`: list, create, read, update, delete. A name and a key may be there once only. */
export function sshKeyRoutes(cloud: Cloud): Hono {
  const { store } = cloud;
  const routes = new Hono();
  routes
    .get("/", (context) => listResponse(context, "ssh_keys", store.read().sshKeys))
    .post("/", async (context) => {
      const body = await requestBody(context, createBody);
      const fingerprint = fingerprintOf(body.public_key);
      const sshKey = changeState(store, (state) => {
        refuseUsedName(state.sshKeys, body.name, kind);
        if (state.sshKeys.some((key) => key.fingerprint === fingerprint)) {
          throw apiError("uniqueness_error", "SSH key with the same fingerprint already exists");
        }
        const created: SshKey = {
          id: nextId(state),
          name: body.name,
          fingerprint,
          public_key: body.public_key,
          labels: body.labels,
          created: new Date().toISOString(),
        };
        state.sshKeys.push(created);
        return created;
      });
      return context.json({ ssh_key: sshKey }, 201);
    })
    .get("/:id", (context) => {
      const id = pathId(context, kind);
      return context.json({ ssh_key: findById(store.read().sshKeys, id, kind) });
    })
    .put("/:id", async (context) => {
      const id = pathId(context, kind);
      const body = await requestBody(context, updateBody);
      const sshKey = changeState(store, (state) => {
        return updateNameAndLabels(state.sshKeys, id, body, kind);
      });
      return context.json({ ssh_key: sshKey });
    })
    .delete("/:id", (context) => {
      const id = pathId(context, kind);
      changeState(store, (state) => {
        findById(state.sshKeys, id, kind);
        state.sshKeys = state.sshKeys.filter((key) => key.id !== id);
      });
      return context.body(null, 204);
    });
  return routes;
}

/** The MD5 fingerprint that the API shows (RFC 4716, section 4). */
function fingerprintOf(publicKey: string): string {
  const base64 = publicKeyShape.exec(publicKey.trim())?.[2];
  if (base64 === undefined) {
    throw apiError("invalid_input", "invalid input in field 'public_key'", {
      fields: [{ name: "public_key", messages: ["not a valid SSH public key"] }],
    });
  }
  const digest = createHash("md5").update(Buffer.from(base64, "base64")).digest("hex");
  return digest.replaceAll(/(..)(?!$)/g, "$1:");
}
