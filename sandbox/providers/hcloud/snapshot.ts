import { numberOf, textOf, type Properties } from "../protocol/property-values";
import type { Resource, UpdateRequest } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import type { ApiAction, HetznerClient } from "./hetzner-client";
import { inputsAfterRead } from "./imported-inputs";
import { differenceBy, plannedOutputs, type PropertyRule } from "./property-rules";
import { finishing, reportingFailure } from "./provider-errors";

const rules: readonly PropertyRule[] = [
  { name: "description", shape: "value", absent: null },
  { name: "serverId", shape: "value", replaces: true },
  { name: "labels", shape: "map", absent: {} },
];
const supported = { required: ["serverId"], optional: ["description", "labels"] };

interface ApiImage {
  readonly id: number;
  readonly type: string;
  readonly description: string;
  readonly created_from: { readonly id: number } | null;
  readonly labels: Record<string, string>;
}
interface Answer {
  readonly image: ApiImage;
}

/** `hcloud:index/snapshot:Snapshot`: an image of a server's disk. */
export function snapshotResource(client: () => HetznerClient): Resource {
  return {
    check: (inputs) => refusals("hcloud", { ...inputs }, supported),
    diff: (request) => differenceBy(rules, request),
    create: (operation, inputs) =>
      operation.preview
        ? Promise.resolve({ id: "", outputs: plannedOutputs(rules, inputs, {}, ["id"]) })
        : reportingFailure("creating", operation, () => createSnapshot(client(), inputs)),
    update: (operation, request) =>
      operation.preview
        ? Promise.resolve(plannedOutputs(rules, request.inputs, request.oldOutputs))
        : reportingFailure("updating", operation, () => updateSnapshot(client(), request)),
    read: async (_operation, id, oldInputs) => {
      const found = await client().find<Answer>(`/images/${id}`);
      if (found?.image.type !== "snapshot") {
        return undefined;
      }
      const outputs = outputsOf(found.image);
      return { inputs: inputsAfterRead(rules, oldInputs, outputs), outputs };
    },
    delete: (operation, id) =>
      reportingFailure("deleting", operation, () => client().deleteIfThere(`/images/${id}`)),
  };
}

async function createSnapshot(client: HetznerClient, inputs: Properties) {
  const labels = inputs["labels"];
  const created = await client.call<Answer & { action: ApiAction }>(
    "POST",
    `/servers/${numberOf(inputs, "serverId") ?? ""}/actions/create_image`,
    {
      type: "snapshot",
      description: textOf(inputs, "description") ?? "",
      ...(labels === undefined || labels === null ? {} : { labels }),
    },
  );
  const id = String(created.image.id);
  return finishing(id, outputsOf(created.image), async () => {
    await client.wait([created.action]);
    const { image } = await client.call<Answer>("GET", `/images/${id}`);
    return { id, outputs: outputsOf(image) };
  });
}

async function updateSnapshot(client: HetznerClient, request: UpdateRequest): Promise<Properties> {
  const { changed } = differenceBy(rules, request);
  const path = `/images/${request.id}`;
  if (changed.includes("description")) {
    await client.call("PUT", path, { description: textOf(request.inputs, "description") ?? "" });
  }
  if (changed.includes("labels")) {
    await client.call("PUT", path, { labels: request.inputs["labels"] ?? {} });
  }
  const { image } = await client.call<Answer>("GET", path);
  return outputsOf(image);
}

function outputsOf(image: ApiImage): Properties {
  return {
    description: image.description,
    id: String(image.id),
    labels: Object.keys(image.labels).length === 0 ? null : image.labels,
    serverId: image.created_from?.id ?? null,
  };
}
