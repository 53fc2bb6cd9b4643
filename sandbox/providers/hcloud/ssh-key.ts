import type { Properties } from "../protocol/property-values";
import type { Resource } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import type { HetznerClient } from "./hetzner-client";
import { inputsAfterRead } from "./imported-inputs";
import { differenceBy, plannedOutputs, type PropertyRule } from "./property-rules";
import { reportingFailure } from "./provider-errors";

const rules: readonly PropertyRule[] = [
  { name: "name", shape: "value" },
  { name: "publicKey", shape: "value", replaces: true },
  { name: "labels", shape: "map", absent: {} },
];
const supported = { required: ["name", "publicKey"], optional: ["labels"] };

interface ApiSshKey {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
  readonly labels: Record<string, string>;
}
interface Answer {
  readonly ssh_key: ApiSshKey;
}

/** `hcloud:index/sshKey:SshKey`: another public key replaces it, the new one being made first. */
export function sshKeyResource(client: () => HetznerClient): Resource {
  return {
    check: (inputs) => refusals("hcloud", { ...inputs }, supported),
    // The official plugin gives no detail here (it is of another generation than its servers and firewalls).
    diff: (request) => {
      const { changed, replaces } = differenceBy(rules, request);
      return { changed, replaces };
    },
    create: (operation, inputs) =>
      operation.preview
        ? Promise.resolve({ id: "", outputs: plannedOutputs(rules, inputs, {}, ["fingerprint", "id"]) })
        : reportingFailure("creating", operation, async () => {
            const body = {
              name: inputs["name"],
              public_key: inputs["publicKey"],
              labels: inputs["labels"] ?? {},
            };
            const { ssh_key } = await client().call<Answer>("POST", "/ssh_keys", body);
            return { id: String(ssh_key.id), outputs: outputsOf(ssh_key) };
          }),
    update: (operation, request) =>
      operation.preview
        ? Promise.resolve(plannedOutputs(rules, request.inputs, request.oldOutputs))
        : reportingFailure("updating", operation, async () => {
            const { changed } = differenceBy(rules, request);
            const { ssh_key } = await client().call<Answer>("PUT", `/ssh_keys/${request.id}`, {
              ...(changed.includes("name") ? { name: request.inputs["name"] } : {}),
              ...(changed.includes("labels") ? { labels: request.inputs["labels"] ?? {} } : {}),
            });
            return outputsOf(ssh_key);
          }),
    read: async (_operation, id, oldInputs) => {
      const found = await client().find<Answer>(`/ssh_keys/${id}`);
      if (found === undefined) {
        return undefined;
      }
      const outputs = outputsOf(found.ssh_key);
      return { inputs: inputsAfterRead(rules, oldInputs, outputs), outputs };
    },
    delete: (operation, id) =>
      reportingFailure("deleting", operation, () => client().deleteIfThere(`/ssh_keys/${id}`)),
  };
}

function outputsOf(sshKey: ApiSshKey): Properties {
  return {
    fingerprint: sshKey.fingerprint,
    id: String(sshKey.id),
    labels: sshKey.labels,
    name: sshKey.name,
    publicKey: sshKey.public_key,
  };
}
