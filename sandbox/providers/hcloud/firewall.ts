import { isObject, unknownValue, type Properties, type PropertyValue } from "../protocol/property-values";
import type { Operation, Resource, UpdateRequest } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import type { ApiAction, HetznerClient } from "./hetzner-client";
import { inputsAfterRead } from "./imported-inputs";
import { differenceBy, plannedOutputs, type PropertyRule } from "./property-rules";
import { finishing, goneError, reportingFailure } from "./provider-errors";

const rules: readonly PropertyRule[] = [
  { name: "name", shape: "value" },
  { name: "labels", shape: "map", absent: {} },
  { name: "rules", shape: "set", absent: [] },
];
const supported = { required: ["name"], optional: ["labels", "rules"] };
const supportedRule = {
  required: ["direction", "protocol"],
  optional: ["description", "destinationIps", "port", "sourceIps"],
};

interface ApiRule {
  readonly direction: string;
  readonly protocol: string;
  readonly port: string | null;
  readonly source_ips: readonly string[];
  readonly destination_ips: readonly string[];
  readonly description: string | null;
}
interface ApiFirewall {
  readonly id: number;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly rules: readonly ApiRule[];
  readonly applied_to: readonly { readonly server?: { readonly id: number } }[];
}
interface Answer {
  readonly firewall: ApiFirewall;
}

/** `hcloud:index/firewall:Firewall`, applied by the servers that name it. */
export function firewallResource(client: () => HetznerClient): Resource {
  return {
    check: (inputs) => [...refusals("hcloud", { ...inputs }, supported), ...ruleRefusals(inputs["rules"])],
    diff: (request) => differenceBy(rules, request),
    create: (operation, inputs) =>
      operation.preview
        ? Promise.resolve({ id: "", outputs: plannedOutputs(rules, inputs, {}, ["applyTos", "id"]) })
        : reportingFailure("creating", operation, () => createFirewall(client(), inputs)),
    update: (operation, request) =>
      operation.preview
        ? Promise.resolve(plannedOutputs(rules, request.inputs, request.oldOutputs))
        : reportingFailure("updating", operation, () => updateFirewall(client(), operation, request)),
    read: async (_operation, id, oldInputs) => {
      const found = await client().find<Answer>(`/firewalls/${id}`);
      if (found === undefined) {
        return undefined;
      }
      const outputs = outputsOf(found.firewall);
      return { inputs: inputsAfterRead(rules, oldInputs, outputs), outputs };
    },
    delete: (operation, id) =>
      reportingFailure("deleting", operation, async () => {
        if ((await client().find<Answer>(`/firewalls/${id}`)) !== undefined) {
          await client().deleteIfThere(`/firewalls/${id}`);
        }
      }),
  };
}

async function createFirewall(client: HetznerClient, inputs: Properties) {
  const apiRules = apiRulesOf(inputs);
  const labels = inputs["labels"];
  const created = await client.call<Answer & { actions: readonly ApiAction[] }>("POST", "/firewalls", {
    name: inputs["name"],
    ...(labels === undefined || labels === null ? {} : { labels }),
    ...(apiRules.length === 0 ? {} : { rules: apiRules }),
  });
  const id = String(created.firewall.id);
  return finishing(id, outputsOf(created.firewall), async () => {
    await client.wait(created.actions);
    const { firewall } = await client.call<Answer>("GET", `/firewalls/${id}`);
    return { id, outputs: outputsOf(firewall) };
  });
}

/** Clearing all rules is never sent: the official plugin leaves the old ones in place, and so does this. */
async function updateFirewall(
  client: HetznerClient,
  { urn }: Operation,
  request: UpdateRequest,
): Promise<Properties> {
  const { id, inputs } = request;
  const { changed } = differenceBy(rules, request);
  const path = `/firewalls/${id}`;
  if ((await client.find<Answer>(path)) === undefined) {
    throw goneError(urn);
  }
  if (changed.includes("name")) {
    await client.call("PUT", path, { name: inputs["name"] });
  }
  const apiRules = apiRulesOf(inputs);
  if (changed.includes("rules") && apiRules.length > 0) {
    await client.act(`${path}/actions/set_rules`, { rules: apiRules });
  }
  if (changed.includes("labels")) {
    await client.call("PUT", path, { labels: inputs["labels"] ?? {} });
  }
  const { firewall } = await client.call<Answer>("GET", path);
  return outputsOf(firewall);
}

function ruleRefusals(given: PropertyValue | undefined): string[] {
  return Array.isArray(given)
    ? given.flatMap((rule, index) => refusals("hcloud", rule, supportedRule, `rules[${index}].`))
    : [];
}

/** In a fixed order of its own: a set has none, and the order in the program must not matter. */
function apiRulesOf(inputs: Properties): object[] {
  const given = Array.isArray(inputs["rules"]) ? inputs["rules"].filter(isObject) : [];
  const apiRules = given.map((rule) => ({
    direction: rule["direction"],
    ...nonEmpty("source_ips", rule["sourceIps"]),
    ...nonEmpty("destination_ips", rule["destinationIps"]),
    protocol: rule["protocol"],
    ...nonEmpty("port", rule["port"]),
    ...nonEmpty("description", rule["description"]),
  }));
  return apiRules.sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
}

function orderOf(rule: object): string {
  return JSON.stringify(rule);
}

function nonEmpty(name: string, value: PropertyValue | undefined): Record<string, PropertyValue> {
  const isEmpty =
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return isEmpty || value === unknownValue ? {} : { [name]: value };
}

function outputsOf(firewall: ApiFirewall): Properties {
  return {
    applyTos: firewall.applied_to.flatMap(({ server }) =>
      server === undefined ? [] : [{ labelSelector: "", server: server.id }],
    ),
    id: String(firewall.id),
    labels: firewall.labels,
    name: firewall.name,
    rules: firewall.rules.map((rule) => ({
      description: rule.description ?? "",
      destinationIps: [...rule.destination_ips],
      direction: rule.direction,
      port: rule.port ?? "",
      protocol: rule.protocol,
      sourceIps: [...rule.source_ips],
    })),
  };
}
