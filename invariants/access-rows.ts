import { isInForce } from "../config/access/ends";
import { byPersonAndServer, type AccessRow, type Why } from "../config/access/matrix";
import { agentOf, byName, serverOf } from "../config/names";
import { accessDocuments, type SentDocument } from "./access-documents";
import { readKeyLine, readSudoLine } from "./access-lines";
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

/** The reason of a grant is in no line: by lead, as the LeadGrants of the server show it. */
type Reasons = ReadonlyMap<string, string>;

function rowsOfDocument(
  { accounts, keys, server, sudoers }: SentDocument,
  reasons: Reasons,
): readonly AccessRow[] {
  const why = (person: string): Why => {
    const account = accounts[person];
    return account?.kind === "human" && account.role === "owner"
      ? { because: "own server" }
      : grantOn(server, person, reasons);
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
  const rights = Object.values(sudoers)
    .flatMap((line) => readSudoLine(line) ?? [])
    .filter(({ who, runAs }) => who !== runAs)
    .map((line): AccessRow => {
      const reason = why(line.who);
      return {
        person: line.who,
        server,
        account: line.runAs,
        how: { by: "sudo" },
        mode: line.mode,
        ...endOf(line),
        why: reason.because === "own server" ? { because: "own agent" } : reason,
      };
    });
  return [...logins, ...rights];
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
        why: { because: "own server" },
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
    ...here
      .filter(({ type }) => type === types.grant)
      .flatMap((grant) => rowsOfGrant(grant, server, reasonsOn(stack, server))),
  ];
}

function rowsOfGrant(grant: Resource, server: string, reasons: Reasons): readonly AccessRow[] {
  const lead = textOf(grant, "lead") ?? "";
  const until = textOf(grant, "until");
  const common = { person: lead, server, ...endOf({ until }), why: grantOn(server, lead, reasons) };
  const mode = textOf(grant, "mode") === "watch" ? "watch" : "attach";
  return [
    { ...common, account: lead, how: { by: "hop-key", from: serverOf(lead) }, mode: "login" },
    { ...common, account: textOf(grant, "runAs") ?? agentOf(ownerOf(server)), how: { by: "sudo" }, mode },
  ];
}

function grantOn(server: string, lead: string, reasons: Reasons): Why {
  const reason = reasons.get(lead);
  return { because: "grant", over: ownerOf(server), ...(reason === undefined ? {} : { reason }) };
}

function reasonsOn(stack: StackResources, server: string): Reasons {
  return new Map(
    ofType(stack, "grant")
      .filter(({ parent }) => parent === server)
      .flatMap((grant): [string, string][] => {
        const [lead, reason] = [textOf(grant, "lead"), textOf(grant, "reason")];
        return lead === undefined || reason === undefined ? [] : [[lead, reason]];
      }),
  );
}

function ownerOf(server: string): string {
  return server.replace(/^dev-/, "");
}

function endOf({ until }: { readonly until?: string | undefined }): { readonly until?: string } {
  return until === undefined ? {} : { until };
}
