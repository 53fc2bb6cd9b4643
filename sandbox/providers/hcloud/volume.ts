import { numberOf, type Properties } from "../protocol/property-values";
import type { Operation, Resource, UpdateRequest } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import type { ApiAction, HetznerClient } from "./hetzner-client";
import { inputsAfterRead } from "./imported-inputs";
import { differenceBy, plannedOutputs, type PropertyRule } from "./property-rules";
import { finishing, goneError, reportingFailure } from "./provider-errors";

const rules: readonly PropertyRule[] = [
  { name: "name", shape: "value" },
  { name: "size", shape: "value" },
  { name: "location", shape: "value", replaces: true },
  { name: "serverId", shape: "value" },
  { name: "labels", shape: "map", absent: {} },
  { name: "deleteProtection", shape: "value", absent: false },
];
const supported = { required: ["name", "size"], optional: rules.map(({ name }) => name) };

interface ApiVolume {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly location: { readonly name: string };
  readonly server: number | null;
  readonly labels: Record<string, string>;
  readonly linux_device: string;
  readonly protection: { readonly delete: boolean };
}
interface Answer {
  readonly volume: ApiVolume;
}

/** `hcloud:index/volume:Volume`: another location replaces it. */
export function volumeResource(client: () => HetznerClient): Resource {
  return {
    check: (inputs) => refusals("hcloud", { ...inputs }, supported),
    diff: (request) => differenceBy(rules, request),
    create: (operation, inputs) =>
      operation.preview
        ? Promise.resolve({
            id: "",
            outputs: plannedOutputs(rules, inputs, {}, ["id", "linuxDevice", "location", "serverId"]),
          })
        : reportingFailure("creating", operation, () => createVolume(client(), inputs)),
    update: (operation, request) =>
      operation.preview
        ? Promise.resolve(plannedOutputs(rules, request.inputs, request.oldOutputs))
        : reportingFailure("updating", operation, () => updateVolume(client(), operation, request)),
    read: async (_operation, id, oldInputs) => {
      const found = await client().find<Answer>(`/volumes/${id}`);
      if (found === undefined) {
        return undefined;
      }
      const outputs = outputsOf(found.volume);
      return { inputs: inputsAfterRead(rules, oldInputs, outputs), outputs };
    },
    delete: (operation, id) => reportingFailure("deleting", operation, () => deleteVolume(client(), id)),
  };
}

async function createVolume(client: HetznerClient, inputs: Properties) {
  const { labels, location } = inputs;
  const server = numberOf(inputs, "serverId");
  const created = await client.call<Answer & { action: ApiAction; next_actions: readonly ApiAction[] }>(
    "POST",
    "/volumes",
    {
      name: inputs["name"],
      size: inputs["size"],
      ...(server === undefined ? {} : { server }),
      ...(location === undefined || location === null ? {} : { location }),
      ...(labels === undefined || labels === null ? {} : { labels }),
    },
  );
  const id = String(created.volume.id);
  return finishing(id, outputsOf(created.volume), async () => {
    await client.wait([created.action, ...created.next_actions]);
    if (inputs["deleteProtection"] === true) {
      await client.act(`/volumes/${id}/actions/change_protection`, { delete: true });
    }
    const { volume } = await client.call<Answer>("GET", `/volumes/${id}`);
    return { id, outputs: outputsOf(volume) };
  });
}

async function updateVolume(
  client: HetznerClient,
  { urn }: Operation,
  request: UpdateRequest,
): Promise<Properties> {
  const { id, inputs } = request;
  const { changed } = differenceBy(rules, request);
  const path = `/volumes/${id}`;
  const found = await client.find<Answer>(path);
  if (found === undefined) {
    throw goneError(urn);
  }
  if (changed.includes("name")) {
    await client.call("PUT", path, { name: inputs["name"] });
  }
  if (changed.includes("serverId")) {
    if (found.volume.server !== null) {
      await client.act(`${path}/actions/detach`, {});
    }
    await client.act(`${path}/actions/attach`, { server: numberOf(inputs, "serverId") });
  }
  if (changed.includes("size")) {
    await client.act(`${path}/actions/resize`, { size: inputs["size"] });
  }
  if (changed.includes("labels")) {
    await client.call("PUT", path, { labels: inputs["labels"] ?? {} });
  }
  if (changed.includes("deleteProtection")) {
    await client.act(`${path}/actions/change_protection`, { delete: inputs["deleteProtection"] === true });
  }
  const { volume } = await client.call<Answer>("GET", path);
  return outputsOf(volume);
}

async function deleteVolume(client: HetznerClient, id: string): Promise<void> {
  const found = await client.find<Answer>(`/volumes/${id}`);
  if (found === undefined) {
    return;
  }
  if (found.volume.server !== null) {
    await client.act(`/volumes/${id}/actions/detach`, {});
  }
  await client.deleteIfThere(`/volumes/${id}`);
}

function outputsOf(volume: ApiVolume): Properties {
  return {
    automount: null,
    deleteProtection: volume.protection.delete,
    format: null,
    id: String(volume.id),
    labels: Object.keys(volume.labels).length === 0 ? null : volume.labels,
    linuxDevice: volume.linux_device,
    location: volume.location.name,
    name: volume.name,
    serverId: volume.server,
    size: volume.size,
  };
}
