import type { Change, ShownKey } from "../../config/access/change";
import type { AccessRow, KeyByWord } from "../../config/access/matrix";
import type { Grant } from "../../config/team";

/**
 * The rows that follow from other rows and a list of changes: a second implementation, which knows of the new team only what
 * the changes say. Reads the JSON of `team diff` as well.
 */
export function applyChanges(rows: readonly AccessRow[], changes: readonly Change[]): readonly AccessRow[] {
  const withoutHops = rows.filter(({ how }) => how.by !== "hop-key");
  const next = changes.reduce(applyChange, withoutHops);
  return [...next, ...hops(next)].toSorted((left, right) => (name(left) < name(right) ? -1 : 1));
}

function applyChange(rows: readonly AccessRow[], change: Change): readonly AccessRow[] {
  switch (change.kind) {
    case "joined":
    case "returned":
      return [
        ...rows,
        ...own(
          change,
          change.keys.map((key) => key.fingerprint),
        ),
      ];
    case "left":
    case "vanished":
      return rows.filter((row) => row.person !== change.login || row.why.because === "grant");
    case "key added":
      return mapKeys(rows, change.login, (keys) => [...keys, change.key.fingerprint].sort());
    case "key removed":
      return mapKeys(rows, change.login, (keys) => keys.filter((key) => key !== change.key.fingerprint));
    case "grant added":
      return [...rows, led(change.grant, change.shared)];
    case "moved":
      return rows.map((row) => {
        if (row.why.because === "grant" || row.person !== change.login) return row;
        return {
          ...row,
          server: change.to,
          why: row.how.by === "sudo" ? row.why : placeOf(change.login, change.to),
        };
      });
    case "grant removed":
      return rows.filter(
        (row) => !isOf(row, change.grant) || row.server !== serverIn(change, change.grant.over),
      );
    case "mode changed":
      return rows.map((row) =>
        isOf(row, change) && row.how.by === "sudo" ? { ...row, mode: change.after } : row,
      );
    case "end changed":
      return rows.map((row) => (isOf(row, change) ? withEnd(row, change.after) : row));
    case "reason changed":
      return rows.map((row) => {
        if (!isOf(row, change)) return row;
        const why = { because: "grant" as const, over: change.over };
        return { ...row, why: change.after === undefined ? why : { ...why, reason: change.after } };
      });
    case "server destroyed":
    case "accounts removed":
    case "snapshot deleted":
    case "backups changed":
    case "locked server made":
    case "uid reserved":
    case "day of leaving changed":
    case "uid changed":
    case "server type changed":
    case "image changed":
    case "tools changed":
    case "limits changed":
    case "repositories changed":
    case "git changed":
    case "name changed":
    case "ended grant edited":
    case "enclave changed":
    case "key policy changed":
    case "terminal changed":
      return rows;
  }
}

/** The same for the words of owners about where their keys live. */
export function applyKeyWords(words: readonly KeyByWord[], changes: readonly Change[]): readonly KeyByWord[] {
  return changes
    .reduce(applyKeyWord, words)
    .toSorted((left, right) =>
      `${left.person} ${left.fingerprint}` < `${right.person} ${right.fingerprint}` ? -1 : 1,
    );
}

function applyKeyWord(words: readonly KeyByWord[], change: Change): readonly KeyByWord[] {
  if (change.kind === "joined" || change.kind === "returned")
    return [...words, ...change.keys.flatMap((key) => wordOf(change.login, key))];
  if (change.kind === "left" || change.kind === "vanished")
    return words.filter(({ person }) => person !== change.login);
  if (change.kind !== "key added" && change.kind !== "key removed" && change.kind !== "enclave changed")
    return words;
  const others = words.filter(({ fingerprint }) => fingerprint !== change.key.fingerprint);
  return change.kind === "key removed" ? others : [...others, ...wordOf(change.login, change.key)];
}

function wordOf(person: string, { fingerprint, enclave }: ShownKey): readonly KeyByWord[] {
  return enclave === undefined ? [] : [{ person, fingerprint, enclave }];
}

type Shared = Change["shared"];

function serverIn({ shared }: { readonly shared?: Shared }, login: string): string {
  return shared?.[login] ?? `dev-${login}`;
}

function own(
  { login, shared }: { readonly login: string; readonly shared?: Shared },
  keys: readonly string[],
): readonly AccessRow[] {
  const server = serverIn({ shared }, login);
  const common = { person: login, server };
  return [
    {
      ...common,
      account: login,
      how: { by: "ssh-key", keys: [...keys].sort() },
      mode: "login",
      why: placeOf(login, server),
    },
    {
      ...common,
      account: `${login}-agent`,
      how: { by: "sudo" },
      mode: "attach",
      why: { because: "own agent" },
    },
  ];
}

function placeOf(login: string, server: string): AccessRow["why"] {
  return { because: server === `dev-${login}` ? "own server" : "shared server" };
}

function led({ lead, over, mode, until, reason }: Grant, shared: Shared): AccessRow {
  return {
    person: lead,
    server: serverIn({ shared }, over),
    account: `${over}-agent`,
    how: { by: "sudo" },
    mode,
    ...(until === undefined ? {} : { until }),
    why: { because: "grant" as const, over, ...(reason === undefined ? {} : { reason }) },
  };
}

/** The way in follows from the grants: one for each lead and server, as long as the longest, unless the lead works there. */
function hops(rows: readonly AccessRow[]): readonly AccessRow[] {
  const home = (login: string): string =>
    rows.find(({ account, how }) => account === login && how.by === "ssh-key")?.server ?? "";
  const ways = new Map<string, AccessRow>();
  for (const row of rows) {
    const from = home(row.person);
    if (row.why.because !== "grant" || from === row.server) continue;
    const way = `${row.person} ${row.server}`;
    const known = ways.get(way);
    const isLonger =
      known === undefined ||
      rank(row) > rank(known) ||
      (rank(row) === rank(known) && row.account < known.account);
    if (isLonger) ways.set(way, row);
  }
  return [...ways.values()].map((row) => {
    const how = { by: "hop-key" as const, from: home(row.person) };
    return { ...row, account: row.person, how, mode: "login" };
  });
}

function rank({ until }: AccessRow): number {
  return until === undefined ? Infinity : Date.parse(until);
}

function mapKeys(
  rows: readonly AccessRow[],
  login: string,
  change: (keys: readonly string[]) => readonly string[],
): readonly AccessRow[] {
  return rows.map((row) =>
    row.person === login && row.how.by === "ssh-key"
      ? { ...row, how: { by: "ssh-key", keys: change(row.how.keys) } }
      : row,
  );
}

function withEnd(row: AccessRow, until: string | undefined): AccessRow {
  const { person, server, account, how, mode, why } = row;
  return { person, server, account, how, mode, ...(until === undefined ? {} : { until }), why };
}

function isOf(row: AccessRow, { lead, over }: { readonly lead: string; readonly over: string }): boolean {
  return row.why.because === "grant" && row.person === lead && row.why.over === over;
}

function name({ person, server, account }: AccessRow): string {
  return `${person} ${server} ${account}`;
}
