import { agentOf, isAgentLogin, isOwnServer, loginPattern } from "../../config/names";
import { accessDocuments, knownDocuments, type SentDocument } from "../access-documents";
import { readKeyLine, readSudoLine } from "../access-lines";
import type { Breach, Invariant } from "../invariant";
import { ofType, textOf, type StackResources } from "../resource";

/** Rules about what is in force on a server: the literal lines of its access document. */
export const documentInvariants: readonly Invariant[] = [
  {
    name: "documents-can-be-read",
    sentence:
      "Every access document is plain JSON of version 1, for its own server, that a reviewer can read.",
    remedy: "Write the document with renderAccessDocument() and formatDocument().",
    find: documentsCanBeRead,
  },
  {
    name: "sudo-gives-agents-only",
    sentence:
      "A sudoers line lets one active account act as one active agent of that server, by one of two forms; never as a person or root.",
    remedy: "Write the line with components/sudoers.ts.",
    find: sudoGivesAgentsOnly,
  },
  {
    name: "only-people-log-in",
    sentence:
      "Only active people have keys: an owner their own, a lead one hop key with `restrict` and `from`. Agents and leavers have none.",
    remedy: "Write the line with components/authorized-keys.ts.",
    find: onlyPeopleLogIn,
  },
  {
    name: "accounts-follow-the-rule",
    sentence: "Accounts are people with a valid login, and the agent of a person of that server.",
    remedy: "Take the names from config/names.ts.",
    find: accountsFollowTheRule,
  },
  {
    name: "uids-are-the-same-everywhere",
    sentence: "An account has the same uid on all servers, and no two accounts share one.",
    remedy: "Take the uid from the plan; a leaver stays in the team file and keeps theirs.",
    find: uidsAreTheSameEverywhere,
  },
  {
    name: "leads-are-there-by-a-grant",
    sentence:
      "A lead's account, key and sudoers line are on a server because a LeadGrant shows them there, with the same mode and end; and the other way round.",
    remedy: "Make the LeadGrant and the document from the same plan (components/access.ts).",
    find: leadsAreThereByAGrant,
  },
];

function documentsCanBeRead(stack: StackResources): readonly Breach[] {
  return accessDocuments(stack).flatMap(({ resource, document }) =>
    typeof document === "string" ? [{ resource, sentence: document }] : [],
  );
}

function sudoGivesAgentsOnly(stack: StackResources): readonly Breach[] {
  return each(stack, ({ accounts, sudoers }) =>
    Object.entries(sudoers).flatMap(([meaning, text]) => {
      const line = readSudoLine(text);
      if (line === undefined)
        return [`the sudoers line "${meaning}" has another form than the two that give an agent.`];
      const [user, target] = [accounts[line.who], accounts[line.runAs]];
      const isRight =
        meaning === `${line.who} as ${line.runAs}` &&
        user?.state === "active" &&
        target?.kind === "agent" &&
        target.state === "active" &&
        (user.kind === "human" || line.who === line.runAs);
      return isRight ? [] : [`the sudoers line "${meaning}" lets ${line.who} act as ${line.runAs}.`];
    }),
  );
}

function onlyPeopleLogIn(stack: StackResources): readonly Breach[] {
  return each(stack, ({ accounts, keys }) =>
    Object.entries(keys).flatMap(([login, lines]) => {
      const account = accounts[login];
      if (account?.kind !== "human" || account.state !== "active")
        return [`${login} has keys, and is no active person there.`];
      return Object.entries(lines).flatMap(([name, text]) =>
        isKeyOf(login, account.role, name, text)
          ? []
          : [`the key "${name}" of ${login} has not the form of one.`],
      );
    }),
  );
}

function isKeyOf(login: string, role: "owner" | "lead", name: string, text: string): boolean {
  const line = readKeyLine(text);
  if (line?.kind === "own") return role === "owner" && line.login === login && line.fingerprint === name;
  return role === "lead" && line?.lead === login && name === `hop key of ${line.from}`;
}

function accountsFollowTheRule(stack: StackResources): readonly Breach[] {
  const shared = new Set(
    ofType(stack, "devServer")
      .filter((server) => textOf(server, "owner") === undefined)
      .map(({ name }) => name),
  );
  return each(stack, ({ accounts, server }) =>
    Object.entries(accounts).flatMap(([login, account]) => {
      const isRight =
        account.kind === "human"
          ? loginPattern.test(login) &&
            !isAgentLogin(login) &&
            (account.role === "owner"
              ? isOwnServer(server, login) || shared.has(server)
              : !isOwnServer(server, login))
          : login === agentOf(account.owner) && isOwner(accounts[account.owner]);
      return isRight ? [] : [`the account ${login} is not named after a person or an agent of that server.`];
    }),
  );
}

function isOwner(account: SentDocument["accounts"][string] | undefined): boolean {
  return account?.kind === "human" && account.role === "owner";
}

function uidsAreTheSameEverywhere(stack: StackResources): readonly Breach[] {
  const uidOf = new Map<string, number>();
  const loginOf = new Map<number, string>();
  return each(stack, ({ accounts }) =>
    Object.entries(accounts).flatMap(([login, { uid }]) => {
      const [other, holder] = [uidOf.get(login) ?? uid, loginOf.get(uid) ?? login];
      uidOf.set(login, other);
      loginOf.set(uid, holder);
      return [
        ...(other === uid ? [] : [`${login} has the uid ${uid}, and ${other} on another server.`]),
        ...(holder === login ? [] : [`${login} has the uid ${uid}, which is that of ${holder}.`]),
        ...(uid >= 1000 && uid < 65534 ? [] : [`${login} has the uid ${uid}, which belongs to the system.`]),
      ];
    }),
  );
}

function leadsAreThereByAGrant(stack: StackResources): readonly Breach[] {
  const grants = ofType(stack, "grant");
  return each(stack, ({ accounts, keys, sudoers, server }) => {
    const shown = grants
      .filter(({ parent }) => parent === server)
      .map((grant) =>
        ["lead", "runAs", "mode", "until"].map((input) => textOf(grant, input) ?? "").join(" "),
      );
    const inForce = Object.values(sudoers)
      .flatMap((text) => readSudoLine(text) ?? [])
      .filter(({ who, runAs }) => who !== runAs && agentOf(who) !== runAs)
      .map(({ who, runAs, mode, until }) => [who, runAs, mode, until ?? ""].join(" "));
    const leads = Object.keys(accounts).filter((login) => isLead(accounts[login]));
    return [
      ...inForce
        .filter((grant) => !shown.includes(grant))
        .map((grant) => `no LeadGrant shows ${grant.trim()}.`),
      ...shown
        .filter((grant) => !inForce.includes(grant))
        .map((grant) => `the LeadGrant ${grant.trim()} is not in force.`),
      ...leads
        .filter(
          (login) =>
            !inForce.some((grant) => grant.startsWith(`${login} `)) || !endsTogether(login, keys, inForce),
        )
        .map((login) => `the account or key of the lead ${login} is not bounded by a grant.`),
    ];
  });
}

function isLead(account: SentDocument["accounts"][string] | undefined): boolean {
  return account?.kind === "human" && account.role === "lead";
}

/** A hop key ends no later than the last grant of its lead there. */
function endsTogether(login: string, keys: SentDocument["keys"], inForce: readonly string[]): boolean {
  const ends = inForce
    .filter((grant) => grant.startsWith(`${login} `))
    .map((grant) => grant.split(" ")[3] ?? "");
  const hops = Object.values(keys[login] ?? {}).flatMap((text) => readKeyLine(text) ?? []);
  return (
    ends.includes("") ||
    hops.every(
      (hop) => hop.kind === "hop" && hop.until !== undefined && ends.some((end) => end >= (hop.until ?? "")),
    )
  );
}

/** The sentences that a check of one document gives, with the Command that they are about. */
function each(
  stack: StackResources,
  check: (document: SentDocument) => readonly string[],
): readonly Breach[] {
  return knownDocuments(stack).flatMap(({ resource, document }) =>
    check(document).map((sentence) => ({ resource, sentence })),
  );
}
