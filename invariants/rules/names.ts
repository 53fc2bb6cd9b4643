import { agentOf, isAgentLogin, loginPattern, serverOf } from "../../config/names";
import { breaches, type Breach, type Invariant } from "../invariant";
import { ofType, plain, textOf, type Resource, type StackResources } from "../resource";

/** Rules about names: by them a reviewer knows whose a resource is, and the other rules find what they judge. */
export const nameInvariants: readonly Invariant[] = [
  {
    name: "servers-are-named-after-their-person",
    sentence: "A server is named dev-LOGIN after its person, in Pulumi and at Hetzner.",
    remedy: "Take the name from serverOf(login).",
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
  const isNamed = (name: string, owner: string | undefined): boolean =>
    owner !== undefined && isLogin(owner) && name === serverOf(owner);
  return [
    ...breaches(
      ofType(stack, "devServer"),
      (server) => !isNamed(server.name, textOf(server, "owner")),
      "it is not named after its person.",
    ),
    ...breaches(
      ofType(stack, "server"),
      (server) => {
        const labels = plain(server, "labels") as { readonly owner?: unknown } | undefined;
        const owner = typeof labels?.owner === "string" ? labels.owner : undefined;
        return !isNamed(server.name, owner) || textOf(server, "name") !== server.name;
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
  return [
    ...breaches(
      ofType(stack, "human"),
      (human) => {
        const login = textOf(human, "login") ?? "";
        return !isLogin(login) || !isAt(human, login) || human.parent !== serverOf(login);
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
        const isOverAgent = isAgentLogin(runAs) && lead !== owner && grant.parent === serverOf(owner);
        return (
          !isLogin(lead) ||
          !isOverAgent ||
          !isAt(grant, `lead-${lead}`) ||
          textOf(grant, "onServer") !== grant.parent
        );
      },
      sentence,
    ),
  ];
}

function isLogin(login: string): boolean {
  return loginPattern.test(login) && !isAgentLogin(login);
}

function isAt({ name, parent }: Resource, account: string): boolean {
  return parent !== undefined && name === `${parent}/${account}`;
}
