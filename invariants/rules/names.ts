import { agentOf, grantName, isAgentLogin, isOwnServer, loginPattern, sharedLabel } from "../../config/names";
import { sharedNamePattern } from "../../config/shared-names";
import { breaches, type Breach, type Invariant } from "../invariant";
import { ofType, plain, textOf, type Resource, type StackResources } from "../resource";

/** Rules about names: by them a reviewer knows whose a resource is, and the other rules find what they judge. */
export const nameInvariants: readonly Invariant[] = [
  {
    name: "servers-are-named-after-their-person",
    sentence:
      "A server is named dev-LOGIN after its person, or has the name by which people share it, in Pulumi and at Hetzner.",
    remedy: "Take the name from the plan.",
    find: serversAreNamedAfterTheirPerson,
  },
  {
    name: "parts-are-named-after-their-server",
    sentence:
      "What belongs to a server is named after it: SERVER-PART, or SERVER/ACCOUNT for accounts and grants.",
    remedy: "Put the server's name in front.",
    find: partsAreNamedAfterTheirServer,
  },
  {
    name: "accounts-are-named-by-the-rule",
    sentence:
      "A person's account has the person's login, their agent's is LOGIN-agent, and a grant is lead-LOGIN over an agent.",
    remedy: "Take the names from config/names.ts.",
    find: accountsAreNamedByTheRule,
  },
];

function serversAreNamedAfterTheirPerson(stack: StackResources): readonly Breach[] {
  const isNamed = (name: string, owner: string | undefined, isShared: boolean): boolean =>
    owner === undefined
      ? isShared && sharedNamePattern.test(name)
      : !isShared && isLogin(owner) && isOwnServer(name, owner);
  return [
    ...breaches(
      ofType(stack, "devServer"),
      (server) => !isNamed(server.name, textOf(server, "owner"), plain(server, "people") !== undefined),
      "it is not named after its person.",
    ),
    ...breaches(
      ofType(stack, "server"),
      (server) => {
        const labels = plain(server, "labels") as Readonly<Record<string, unknown>> | undefined;
        const owner = typeof labels?.["owner"] === "string" ? labels["owner"] : undefined;
        return (
          !isNamed(server.name, owner, labels?.["shared"] === sharedLabel.shared) ||
          textOf(server, "name") !== server.name
        );
      },
      "its name, its name at Hetzner and its label owner do not belong together.",
    ),
  ];
}

function partsAreNamedAfterTheirServer(stack: StackResources): readonly Breach[] {
  const servers = new Set(ofType(stack, "devServer").map(({ name }) => name));
  return breaches(
    stack.resources.filter(({ type }) => isPart(type)),
    ({ name, parent }) =>
      parent === undefined ||
      !servers.has(parent) ||
      !(name === parent || name.startsWith(`${parent}-`) || name.startsWith(`${parent}/`)),
    ({ parent }) => (parent === undefined ? "it belongs to no server." : `it belongs to ${parent}.`),
  );
}

/** Everything that is made for one server, whichever provider makes it. */
function isPart(type: string): boolean {
  return (
    /^(?:command|random):|^hcloud:index\/server:/.test(type) ||
    /^team-runtime:index:(?:HumanUser|AgentUser|LeadGrant)$/.test(type)
  );
}

function accountsAreNamedByTheRule(stack: StackResources): readonly Breach[] {
  const sentence = "its names do not belong together.";
  const owned = ownServers(stack);
  return [
    ...breaches(
      ofType(stack, "human"),
      (human) => {
        const login = textOf(human, "login") ?? "";
        return !isLogin(login) || !isAt(human, login) || !mayWorkOn(login, human.parent, owned);
      },
      sentence,
    ),
    ...breaches(
      ofType(stack, "agent"),
      (agent) => {
        const [login, owner] = [textOf(agent, "login") ?? "", textOf(agent, "owner") ?? ""];
        return !isLogin(owner) || login !== agentOf(owner) || !isAt(agent, login);
      },
      sentence,
    ),
    ...breaches(
      ofType(stack, "grant"),
      (grant) => {
        const [lead, runAs] = [textOf(grant, "lead") ?? "", textOf(grant, "runAs") ?? ""];
        const owner = runAs.replace(/-agent$/, "");
        const isOverAgent = isAgentLogin(runAs) && lead !== owner && mayWorkOn(owner, grant.parent, owned);
        return (
          !isLogin(lead) ||
          !isOverAgent ||
          !isAt(grant, grantName(grant.parent ?? "", { lead, over: owner })) ||
          textOf(grant, "onServer") !== grant.parent
        );
      },
      sentence,
    ),
  ];
}

/** The servers that are one person's. */
function ownServers(stack: StackResources): ReadonlySet<string> {
  const own = ofType(stack, "devServer").filter((server) => textOf(server, "owner") !== undefined);
  return new Set(own.map(({ name }) => name));
}

/** On their own server, or on one that is nobody's own. */
function mayWorkOn(login: string, server: string | undefined, owners: ReadonlySet<string>): boolean {
  return server !== undefined && (isOwnServer(server, login) || !owners.has(server));
}

function isLogin(login: string): boolean {
  return loginPattern.test(login) && !isAgentLogin(login);
}

function isAt({ name, parent }: Resource, account: string): boolean {
  return parent !== undefined && name === `${parent}/${account}`;
}
