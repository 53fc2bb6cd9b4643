import { isInForce } from "../config/access/ends";
import { byLength, byPersonAndServer, type AccessRow, type Why } from "../config/access/matrix";
import { agentOf, byName, isOwnServer, serverOf } from "../config/names";
import { accessDocuments, type SentDocument } from "./access-documents";
import { readKeyLine, readSudoLine, type SudoLine } from "./access-lines";
import { ofType, plain, textOf, types, type Resource, type StackResources } from "./resource";

/**
 * Who can reach what, as the resources of a stack say: read back from the literal lines of the access documents, in the terms of
 * `team access`. Where a document is known only during the update, the accounts and grants that the program shows count.
 *
 * @param now Milliseconds since 1970; a line that has ended gives no access.
 */
export function accessRows(stack: StackResources, now: number): readonly AccessRow[] {
  return accessDocuments(stack)
    .flatMap(({ server, document }) =>
      typeof document === "object"
        ? rowsOfDocument(document, reasonsOn(stack, server))
        : rowsOfComponents(stack, server),
    )
    .filter((row) => isInForce(row, now))
    .sort(byPersonAndServer);
}

/** The reason of a grant is in no line: by lead and person (`marcus wes`), as the LeadGrants of the server show it. */
type Reasons = ReadonlyMap<string, string>;

function rowsOfDocument(
  { accounts, keys, server, sudoers }: SentDocument,
  reasons: Reasons,
): readonly AccessRow[] {
  const rights = Object.values(sudoers)
    .flatMap((line) => readSudoLine(line) ?? [])
    .filter(({ who, runAs }) => who !== runAs);
  const why = (person: string): Why => {
    const account = accounts[person];
    if (account?.kind === "human" && account.role === "owner") return ownPlace(server, person);
    const [longest] = rights
      .filter(({ who }) => who === person)
      .map(withOwner)
      .sort(byLength);
    return grantOver(longest?.over ?? "", person, reasons);
  };
  const logins = Object.entries(keys).flatMap(([account, lines]): AccessRow[] => {
    const read = Object.values(lines).flatMap((line) => readKeyLine(line) ?? []);
    const own = read.flatMap((line) => (line.kind === "own" ? [line.fingerprint] : [])).sort(byName);
    const common = { person: account, server, account, mode: "login" as const, why: why(account) };
    return [
      ...(own.length === 0 ? [] : [{ ...common, how: { by: "ssh-key" as const, keys: own } }]),
      ...read.flatMap((line) =>
        line.kind === "hop"
          ? [{ ...common, how: { by: "hop-key" as const, from: line.from }, ...endOf(line) }]
          : [],
      ),
    ];
  });
  return [
    ...logins,
    ...rights.map((line): AccessRow => ({
      person: line.who,
      server,
      account: line.runAs,
      how: { by: "sudo" },
      mode: line.mode,
      ...endOf(line),
      why:
        agentOf(line.who) === line.runAs
          ? { because: "own agent" }
          : grantOver(ownerOf(line.runAs), line.who, reasons),
    })),
  ];
}

function rowsOfComponents(stack: StackResources, server: string): readonly AccessRow[] {
  const here = stack.resources.filter(({ parent }) => parent === server);
  const isActive = (resource: Resource): boolean => textOf(resource, "state") === "active";
  const people = here.filter((resource) => resource.type === types.human && isActive(resource));
  const agents = here.filter((resource) => resource.type === types.agent && isActive(resource));
  return [
    ...people.map((human): AccessRow => {
      const login = textOf(human, "login") ?? "";
      const keys = plain(human, "keys");
      const fingerprints = typeof keys === "object" && keys !== null ? Object.keys(keys).sort(byName) : [];
      return {
        person: login,
        server,
        account: login,
        how: { by: "ssh-key", keys: fingerprints },
        mode: "login",
        why: ownPlace(server, login),
      };
    }),
    ...agents.map((agent): AccessRow => ({
      person: textOf(agent, "owner") ?? "",
      server,
      account: textOf(agent, "login") ?? "",
      how: { by: "sudo" },
      mode: "attach",
      why: { because: "own agent" },
    })),
    ...rowsOfGrants(stack, server),
  ];
}

function rowsOfGrants(stack: StackResources, server: string): readonly AccessRow[] {
  const homes = homesOf(stack);
  const reasons = reasonsOn(stack, server);
  const grants = ofType(stack, "grant")
    .filter(({ parent }) => parent === server)
    .map((grant) => {
      const [lead, runAs, until] = [
        textOf(grant, "lead") ?? "",
        textOf(grant, "runAs") ?? "",
        textOf(grant, "until"),
      ];
      const mode = textOf(grant, "mode") === "watch" ? ("watch" as const) : ("attach" as const);
      return {
        lead,
        runAs,
        mode,
        over: ownerOf(runAs),
        from: homes.get(lead) ?? serverOf(lead),
        ...endOf({ until }),
      };
    });
  const fromElsewhere = [...grants].sort(byLength).filter(({ from }) => from !== server);
  const longest = new Map(fromElsewhere.reverse().map((grant) => [grant.lead, grant]));
  const common = (
    grant: (typeof grants)[number],
  ): Pick<AccessRow, "person" | "server" | "until" | "why"> => ({
    person: grant.lead,
    server,
    ...endOf(grant),
    why: grantOver(grant.over, grant.lead, reasons),
  });
  return [
    ...[...longest.values()].map((grant): AccessRow => ({
      ...common(grant),
      account: grant.lead,
      how: { by: "hop-key", from: grant.from },
      mode: "login",
    })),
    ...grants.map((grant): AccessRow => ({
      ...common(grant),
      account: grant.runAs,
      how: { by: "sudo" },
      mode: grant.mode,
    })),
  ];
}

/** The server where each person works, by login. */
function homesOf(stack: StackResources): ReadonlyMap<string, string> {
  return new Map(ofType(stack, "human").map((human) => [textOf(human, "login") ?? "", human.parent ?? ""]));
}

function ownPlace(server: string, login: string): Why {
  return { because: isOwnServer(server, login) ? "own server" : "shared server" };
}

function grantOver(over: string, lead: string, reasons: Reasons): Why {
  const reason = reasons.get(`${lead} ${over}`);
  return { because: "grant", over, ...(reason === undefined ? {} : { reason }) };
}

function reasonsOn(stack: StackResources, server: string): Reasons {
  return new Map(
    ofType(stack, "grant")
      .filter(({ parent }) => parent === server)
      .flatMap((grant): [string, string][] => {
        const [lead, runAs, reason] = ["lead", "runAs", "reason"].map((input) => textOf(grant, input));
        return lead === undefined || runAs === undefined || reason === undefined
          ? []
          : [[`${lead} ${ownerOf(runAs)}`, reason]];
      }),
  );
}

function withOwner(line: SudoLine): SudoLine & { readonly over: string } {
  return { ...line, over: ownerOf(line.runAs) };
}

function ownerOf(agent: string): string {
  return agent.replace(/-agent$/, "");
}

function endOf({ until }: { readonly until?: string | undefined }): { readonly until?: string } {
  return until === undefined ? {} : { until };
}
