import { openingOf, terminals } from "../../config/terminals";
import { breaches, type Breach, type Invariant } from "../invariant";
import { notKnown, ofType, plain, type Resource, type StackResources } from "../resource";

/** Each of these would replace a machine, and with it all that is on it. */
const replacing = ["userData", "image", "sshKeys", "location"] as const;

/** What the world may reach on a server. Whoever opens more says so here, or in config/terminals.ts for a team's terminal. */
const openToTheWorld: readonly string[] = ["tcp 22", "icmp"];

/** Rules about the machines and what stands before them. */
export const serverInvariants: readonly Invariant[] = [
  {
    name: "servers-are-not-replaced",
    sentence:
      "No edit replaces a running server: changes of its user_data, image, keys and location are ignored.",
    remedy: `Put ${replacing.join(", ")} back into ignoreChanges of the server.`,
    find: serversAreNotReplaced,
  },
  {
    name: "servers-are-protected",
    sentence:
      "Outside the stack dev, the server of an active person is protected from deletion and rebuild, at Hetzner and in Pulumi.",
    remedy: "Run `pulumi config rm team-runtime:protection`; for a leaver, set `left: DATE` first.",
    find: serversAreProtected,
  },
  {
    name: "servers-have-the-deploy-key",
    sentence:
      "A server is made with the deploy key: without one, Hetzner makes a root password and mails it.",
    remedy: "Give the server the registered deploy key as sshKeys.",
    find: serversHaveTheDeployKey,
  },
  {
    name: "servers-are-behind-the-firewall",
    sentence: "Every server is behind the team's firewall.",
    remedy: "Give the server the firewall's id as firewallIds.",
    find: serversAreBehindTheFirewall,
  },
  {
    name: "firewall-opens-no-other-port",
    sentence: `The firewall opens nothing to the world but ${openToTheWorld.join(" and ")}, and what the team's own terminal needs.`,
    remedy: "Name the networks that need the port, or remove the rule.",
    find: firewallOpensNoOtherPort,
  },
];

function serversAreNotReplaced(stack: StackResources): readonly Breach[] {
  return ofType(stack, "server").flatMap(({ name, ignoreChanges }) => {
    const missing = replacing.filter((input) => !ignoreChanges.includes(input));
    return missing.length === 0
      ? []
      : [{ resource: name, sentence: `a change of ${missing.join(" or ")} would replace it.` }];
  });
}

function serversAreProtected(stack: StackResources): readonly Breach[] {
  if (stack.stack === "dev") return [];
  const left = new Set(
    ofType(stack, "devServer")
      .filter((server) => plain(server, "state") === "left")
      .map(({ name }) => name),
  );
  return breaches(
    ofType(stack, "server").filter(({ name }) => !left.has(name)),
    (server) => !(server.protect && isOn(server, "deleteProtection") && isOn(server, "rebuildProtection")),
    "it is not protected from deletion and rebuild.",
  );
}

function serversHaveTheDeployKey(stack: StackResources): readonly Breach[] {
  return breaches(
    ofType(stack, "server"),
    (server) => isEmpty(plain(server, "sshKeys")),
    "it is made without a key.",
  );
}

function serversAreBehindTheFirewall(stack: StackResources): readonly Breach[] {
  return breaches(
    ofType(stack, "server"),
    (server) => isEmpty(plain(server, "firewallIds")),
    "it is behind no firewall.",
  );
}

function firewallOpensNoOtherPort(stack: StackResources): readonly Breach[] {
  const open = new Set([...openToTheWorld, ...openForTerminals(stack)]);
  return ofType(stack, "firewall").flatMap((firewall) =>
    rulesOf(firewall)
      .filter(
        ({ direction, opens, from }) => direction !== "out" && !open.has(opens) && from.some(isTheWorld),
      )
      .map(({ opens }) => ({ resource: firewall.name, sentence: `it opens ${opens} to the world.` })),
  );
}

/** What the terminals need that servers of this stack are shown to have. */
function openForTerminals(stack: StackResources): readonly string[] {
  const used = new Set(ofType(stack, "devServer").map((server) => plain(server, "terminal")));
  return terminals.flatMap((terminal) => {
    const opening = openingOf(terminal);
    return opening === undefined || !used.has(terminal) ? [] : [`${opening.protocol} ${opening.port}`];
  });
}

interface FirewallRule {
  readonly direction: string;
  /** Such as `tcp 22`. */
  readonly opens: string;
  readonly from: readonly string[];
}

function rulesOf(firewall: Resource): readonly FirewallRule[] {
  const rules = plain(firewall, "rules");
  if (!Array.isArray(rules)) return [];
  return (rules as Record<string, unknown>[]).map(({ direction, protocol, port, sourceIps }) => ({
    direction: wordOf(direction),
    opens: port === undefined || port === "" ? wordOf(protocol) : `${wordOf(protocol)} ${wordOf(port)}`,
    // Without a source that can be read, the rule counts as open to the world.
    from: Array.isArray(sourceIps) ? sourceIps.map(wordOf) : ["?"],
  }));
}

function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}

/** A network that is no network of anybody's: so large that it is, with a few others of its kind, the whole internet. */
function isTheWorld(network: string): boolean {
  const [address = "", length] = network.split("/");
  if (!/^[0-9a-fA-F.:]+$/.test(address)) return true;
  if (length === undefined) return false;
  return Number(length) < (address.includes(":") ? 16 : 8) || Number.isNaN(Number(length));
}

function isOn(resource: Resource, input: string): boolean {
  return plain(resource, input) === true;
}

function isEmpty(value: unknown): boolean {
  return value !== notKnown && !(Array.isArray(value) && value.length > 0);
}
