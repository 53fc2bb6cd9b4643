import { textOf, type Properties, type PropertyValue } from "../protocol/property-values";
import type { Operation, Resource, UpdateRequest } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import type { ApiAction, HetznerClient } from "./hetzner-client";
import { inputsAfterRead } from "./imported-inputs";
import { differenceBy, plannedOutputs } from "./property-rules";
import { finishing, goneError, reportingFailure } from "./provider-errors";
import { computedServerOutputs, serverOutputs, serverRules, type ApiServer } from "./server-properties";

const supported = {
  required: ["image", "name", "serverType"],
  optional: serverRules.map(({ name }) => name),
};

/** `hcloud:index/server:Server`: changes of image, location, user_data and SSH keys replace it. */
export function serverResource(client: () => HetznerClient): Resource {
  return {
    check: (inputs) => refusals("hcloud", { ...inputs }, supported),
    diff: (request) => differenceBy(serverRules, request),
    create: (operation, inputs) =>
      operation.preview
        ? Promise.resolve({ id: "", outputs: plannedOutputs(serverRules, inputs, {}, computedServerOutputs) })
        : reportingFailure("creating", operation, () => createServer(client(), inputs)),
    update: (operation, request) =>
      operation.preview
        ? Promise.resolve(plannedOutputs(serverRules, request.inputs, request.oldOutputs))
        : reportingFailure("updating", operation, () => updateServer(client(), operation, request)),
    read: async (_operation, id, oldInputs, oldOutputs) => {
      const found = await client().find<{ server: ApiServer }>(`/servers/${id}`);
      if (found === undefined) {
        return undefined;
      }
      const outputs = { ...oldOutputs, ...serverOutputs(found.server, oldOutputs) };
      return { inputs: inputsAfterRead(serverRules, oldInputs, outputs), outputs };
    },
    delete: (operation, id, outputs) =>
      reportingFailure("deleting", operation, () => deleteServer(client(), id, outputs)),
  };
}

async function createServer(client: HetznerClient, inputs: Properties) {
  const typeName = textOf(inputs, "serverType") ?? "";
  const types = await client.call<{ server_types: readonly { architecture: string }[] }>(
    "GET",
    `/server_types?name=${encodeURIComponent(typeName)}`,
  );
  const architecture = types.server_types[0]?.architecture;
  if (architecture === undefined) {
    throw new Error(`server type ${typeName} not found`);
  }
  const image = await findImage(client, textOf(inputs, "image") ?? "", architecture);
  const sshKeys = [];
  for (const key of listOf(inputs, "sshKeys")) {
    sshKeys.push(await findSshKey(client, typeof key === "string" ? key : JSON.stringify(key)));
  }
  const location = textOf(inputs, "location");
  const userData = textOf(inputs, "userData");
  const firewalls = listOf(inputs, "firewallIds").map((id) => ({ firewall: Number(id) }));
  const labels = inputs["labels"];
  const created = await client.call<{
    server: ApiServer;
    action: ApiAction;
    next_actions: readonly ApiAction[];
  }>("POST", "/servers", {
    name: inputs["name"],
    server_type: typeName,
    image,
    ...(sshKeys.length === 0 ? {} : { ssh_keys: sshKeys }),
    ...(location === undefined ? {} : { location }),
    ...(userData === undefined ? {} : { user_data: userData }),
    ...(labels === undefined || labels === null ? {} : { labels }),
    ...(firewalls.length === 0 ? {} : { firewalls }),
  });
  const id = String(created.server.id);
  const planned = plannedOutputs(serverRules, inputs, {});
  return finishing(id, { ...planned, ...serverOutputs(created.server, planned) }, async () => {
    await client.wait([created.action, ...created.next_actions]);
    if (inputs["backups"] === true) {
      await client.act(`/servers/${id}/actions/enable_backup`);
    }
    if (inputs["deleteProtection"] === true || inputs["rebuildProtection"] === true) {
      await protect(client, id, inputs);
    }
    const { server } = await client.call<{ server: ApiServer }>("GET", `/servers/${id}`);
    return { id, outputs: { ...planned, ...serverOutputs(server, planned) } };
  });
}

/** One change after the other, in the official plugin's order. A server whose type changes is left powered off. */
async function updateServer(
  client: HetznerClient,
  operation: Operation,
  request: UpdateRequest,
): Promise<Properties> {
  const { id, inputs } = request;
  const { changed } = differenceBy(serverRules, request);
  const path = `/servers/${id}`;
  const found = await client.find<{ server: ApiServer }>(path);
  if (found === undefined) {
    throw goneError(operation.urn);
  }
  if (changed.includes("name")) {
    await client.call("PUT", path, { name: inputs["name"] });
  }
  if (changed.includes("labels")) {
    await client.call("PUT", path, { labels: inputs["labels"] ?? {} });
  }
  if (changed.includes("serverType")) {
    if (found.server.status === "running") {
      await client.act(`${path}/actions/poweroff`);
    }
    const upgrade_disk = inputs["keepDisk"] !== true;
    await client.act(`${path}/actions/change_type`, { server_type: inputs["serverType"], upgrade_disk });
  }
  if (changed.includes("backups")) {
    await client.act(`${path}/actions/${inputs["backups"] === true ? "enable" : "disable"}_backup`);
  }
  if (changed.includes("firewallIds")) {
    await changeFirewalls(client, found.server, listOf(inputs, "firewallIds").map(Number));
  }
  if (changed.includes("deleteProtection") || changed.includes("rebuildProtection")) {
    await protect(client, id, inputs);
  }
  const { server } = await client.call<{ server: ApiServer }>("GET", path);
  const planned = plannedOutputs(serverRules, inputs, request.oldOutputs);
  return { ...planned, ...serverOutputs(server, planned) };
}

async function changeFirewalls(
  client: HetznerClient,
  server: ApiServer,
  wanted: readonly number[],
): Promise<void> {
  const resources = [{ type: "server", server: { id: server.id } }];
  const applied = server.public_net.firewalls.map(({ id }) => id);
  for (const id of applied.filter((candidate) => !wanted.includes(candidate))) {
    await client.act(`/firewalls/${id}/actions/remove_from_resources`, { remove_from: resources });
  }
  for (const id of wanted.filter((candidate) => !applied.includes(candidate))) {
    await client.act(`/firewalls/${id}/actions/apply_to_resources`, { apply_to: resources });
  }
}

async function deleteServer(client: HetznerClient, id: string, outputs: Properties): Promise<void> {
  if (outputs["shutdownBeforeDeletion"] === true) {
    await client.act(`/servers/${id}/actions/shutdown`);
    await client.call("GET", `/servers/${id}`);
  }
  const { action } = await client.call<{ action: ApiAction }>("DELETE", `/servers/${id}`);
  await client.wait([action]);
}

async function protect(client: HetznerClient, id: string, inputs: Properties): Promise<void> {
  await client.act(`/servers/${id}/actions/change_protection`, {
    rebuild: inputs["rebuildProtection"] === true,
    delete: inputs["deleteProtection"] === true,
  });
}

/** An image by id if it looks like one, otherwise by name. */
async function findImage(client: HetznerClient, nameOrId: string, architecture: string): Promise<number> {
  if (/^[0-9]+$/.test(nameOrId)) {
    const byId = await client.find<{ image: { id: number } }>(`/images/${nameOrId}`);
    if (byId !== undefined) {
      return byId.image.id;
    }
  }
  const query = `architecture=${architecture}&include_deprecated=true&name=${encodeURIComponent(nameOrId)}`;
  const { images } = await client.call<{ images: readonly { id: number }[] }>("GET", `/images?${query}`);
  const image = images[0];
  if (image === undefined) {
    throw new Error(`image ${nameOrId} for architecture ${architecture} not found`);
  }
  return image.id;
}

async function findSshKey(client: HetznerClient, nameOrId: string): Promise<number> {
  if (/^[0-9]+$/.test(nameOrId)) {
    const byId = await client.find<{ ssh_key: { id: number } }>(`/ssh_keys/${nameOrId}`);
    if (byId !== undefined) {
      return byId.ssh_key.id;
    }
  }
  const path = `/ssh_keys?name=${encodeURIComponent(nameOrId)}`;
  const sshKey = (await client.call<{ ssh_keys: readonly { id: number }[] }>("GET", path)).ssh_keys[0];
  if (sshKey === undefined) {
    throw new Error(`SSH key not found: ${nameOrId}`);
  }
  return sshKey.id;
}

function listOf(inputs: Properties, name: string): readonly PropertyValue[] {
  const value = inputs[name];
  return Array.isArray(value) ? value : [];
}
