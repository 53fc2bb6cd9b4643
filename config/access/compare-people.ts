import { byName } from "../names";
import { credentialText } from "../git";
import type { PersonalKey } from "../keys";
import { limitsDifference } from "../limits";
import type { Repository } from "../repositories";
import type { ChosenTool, Person } from "../team";
import type { Change, EntryChange, PersonChange, ShownKey } from "./change";

/** What is different in the entries of people. Keys are told one by one only for people who stay. */
export function comparePeople(before: readonly Person[], after: readonly Person[]): readonly Change[] {
  const old = new Map(before.map((person) => [person.login, person]));
  const owners = new Map(before.flatMap(({ login, keys }) => keys.map((key) => [key.fingerprint, login])));
  const logins = new Set(after.map(({ login }) => login));
  const gone = before
    .filter(({ login }) => !logins.has(login))
    .map(({ login, uid, standing }): PersonChange => ({ kind: "vanished", login, uid, was: standing.state }));
  const kept = new Set(after.filter(hasServer).map(({ serverName }) => serverName));
  const compared = after.flatMap((person) => comparePerson(old.get(person.login), person, { kept, owners }));
  return [...gone, ...compared];
}

/** Login by fingerprint, before the change. */
type Owners = ReadonlyMap<string, string>;

interface Context {
  readonly owners: Owners;
  /** The servers that there are after the change. */
  readonly kept: ReadonlySet<string>;
}

function hasServer({ standing }: Person): boolean {
  return standing.state !== "destroyed";
}

function comparePerson(before: Person | undefined, after: Person, context: Context): readonly Change[] {
  return [
    ...compareStanding(before, after, context),
    ...(before === undefined
      ? []
      : [
          ...comparePlace(before, after, context),
          ...compareKeys(before, after, context.owners),
          ...compareEntry(before, after),
        ]),
  ];
}

function comparePlace(before: Person, after: Person, { kept }: Context): readonly PersonChange[] {
  const [from, to] = [before.serverName, after.serverName];
  if (from === to || !hasServer(before) || !hasServer(after)) return [];
  const { login } = after;
  const was = before.standing.state === "left" ? "left" : "active";
  const isActive = after.standing.state === "active";
  const changes: PersonChange[] = [];
  if (was === "active" && isActive) changes.push({ kind: "moved", login, from, to });
  else if (kept.has(from)) changes.push({ kind: "accounts removed", login });
  if (!isActive) changes.push({ kind: "locked server made", login });
  if (!kept.has(from)) changes.push({ kind: "server destroyed", login, was, snapshot: false });
  return changes;
}

function compareStanding(
  before: Person | undefined,
  after: Person,
  { kept, owners }: Context,
): readonly PersonChange[] {
  const { login, uid, standing } = after;
  const was = before?.standing.state ?? "nobody";
  const lost: readonly PersonChange[] =
    before !== undefined && hasSnapshot(before) && !hasSnapshot(after)
      ? [{ kind: "snapshot deleted", login }]
      : [];
  if (standing.state === "active") {
    const keys = shownKeys(after.keys, login, owners);
    if (was === "active") return [];
    if (was === "nobody")
      return [{ kind: "joined", login, uid, keys, server: after.server, agents: after.agents }];
    return [{ kind: "returned", login, keys, server: isBack(before, after) ? "kept" : "new" }, ...lost];
  }
  const isDestroyed = standing.state === "destroyed";
  const changes: PersonChange[] = [...lost];
  if (was === "active") {
    changes.push({ kind: "left", login, on: standing.on, server: isDestroyed ? "destroyed" : "kept" });
  }
  if (isDestroyed && before !== undefined && (was === "active" || was === "left")) {
    changes.push(
      kept.has(before.serverName)
        ? { kind: "accounts removed", login }
        : { kind: "server destroyed", login, was, snapshot: hasSnapshot(after) },
    );
  }
  if (!isDestroyed && (was === "nobody" || was === "destroyed"))
    changes.push({ kind: "locked server made", login });
  if (was === "nobody") changes.push({ kind: "uid reserved", login, uid });
  if (before !== undefined && before.standing.state !== "active" && before.standing.on !== standing.on) {
    changes.push({
      kind: "day of leaving changed",
      login,
      before: before.standing.on,
      after: standing.on,
    });
  }
  return changes;
}

function isBack(before: Person | undefined, after: Person): boolean {
  return before?.standing.state === "left" && before.serverName === after.serverName;
}

function hasSnapshot({ standing }: Person): boolean {
  return standing.state === "destroyed" && standing.snapshot === true;
}

/** The keys of a leaver open nothing, so only those of people who were and are active count. */
function compareKeys(before: Person, after: Person, owners: Owners): readonly Change[] {
  if (before.standing.state !== "active" || after.standing.state !== "active") return [];
  const { login } = after;
  return [
    ...without(after.keys, before.keys).map((key): Change => ({
      kind: "key added",
      login,
      key: shownKey(key, login, owners),
    })),
    ...without(before.keys, after.keys).map((key): Change => ({
      kind: "key removed",
      login,
      key: shownKey(key, login, new Map()),
    })),
    ...compareEnclaves(before, after),
  ];
}

function compareEnclaves({ keys }: Person, after: Person): readonly Change[] {
  const { login } = after;
  const old = new Map(keys.map((key) => [key.fingerprint, key]));
  return without(after.keys, []).flatMap((key): readonly Change[] => {
    const before = old.get(key.fingerprint);
    if (before === undefined || before.enclave === key.enclave) return [];
    return [
      {
        kind: "enclave changed",
        login,
        key: shownKey(key, login, new Map()),
        ...(before.enclave === undefined ? {} : { before: before.enclave }),
        ...(key.enclave === undefined ? {} : { after: key.enclave }),
      },
    ];
  });
}

function compareEntry(before: Person, after: Person): readonly EntryChange[] {
  const { login } = after;
  const changes: EntryChange[] = [];
  if (before.uid !== after.uid)
    changes.push({ kind: "uid changed", login, before: before.uid, after: after.uid });
  if (before.name !== after.name) {
    changes.push({
      kind: "name changed",
      login,
      ...(before.name === undefined ? {} : { before: before.name }),
      ...(after.name === undefined ? {} : { after: after.name }),
    });
  }
  return hasServer(before) && hasServer(after) ? [...changes, ...compareServer(before, after)] : changes;
}

function compareServer(before: Person, after: Person): readonly EntryChange[] {
  const { login } = after;
  const changes: EntryChange[] = [];
  const [old, next] = [before.server, after.server];
  // Another server is another matter: the sentence of the move names it.
  if (before.serverName === after.serverName) {
    if (old.type !== next.type)
      changes.push({ kind: "server type changed", login, before: old.type, after: next.type });
    if (old.image !== next.image)
      changes.push({ kind: "image changed", login, before: old.image, after: next.image });
    if (old.backups !== next.backups) changes.push({ kind: "backups changed", login, after: next.backups });
  }
  const tools = difference(before.tools.map(toolText), after.tools.map(toolText));
  if (tools !== undefined) changes.push({ kind: "tools changed", login, ...tools });
  // The agent of a leaver does not run.
  if (after.standing.state === "active" && limitsDifference(before.limits, after.limits) !== "")
    changes.push({ kind: "limits changed", login, before: before.limits, after: after.limits });
  const repositories = difference(before.repositories.map(urlOf), after.repositories.map(urlOf));
  if (repositories !== undefined) changes.push({ kind: "repositories changed", login, ...repositories });
  const git = difference(gitTexts(before), gitTexts(after));
  if (git !== undefined) changes.push({ kind: "git changed", login, ...git });
  return changes;
}

/** `commits as wes-agent@acme.example`, `github.com by the key 2026-11-01`; a host key that changes is a change too. */
function gitTexts({ gitIdentity, credentials }: Person): readonly string[] {
  return [
    `commits as ${gitIdentity.email}`,
    ...credentials.flatMap((credential) => [
      credentialText(credential),
      ...(credential.kind === "token" ? [`${credential.host} as ${credential.user}`] : []),
      ...(credential.kind === "key"
        ? credential.hostKeys.map(({ fingerprint }) => `${credential.host} known by ${fingerprint}`)
        : []),
    ]),
  ];
}

/** What is only in one of two lists, sorted; nothing when they hold the same. */
function difference(
  before: readonly string[],
  after: readonly string[],
): { readonly added: readonly string[]; readonly removed: readonly string[] } | undefined {
  const added = after.filter((item) => !before.includes(item)).sort(byName);
  const removed = before.filter((item) => !after.includes(item)).sort(byName);
  return added.length + removed.length === 0 ? undefined : { added, removed };
}

function urlOf({ url }: Repository): string {
  return url;
}

/** `claude 2.1.332` */
function toolText({ name, version }: ChosenTool): string {
  return version === undefined ? name : `${name} ${version}`;
}

function without(keys: readonly PersonalKey[], others: readonly PersonalKey[]): readonly PersonalKey[] {
  const fingerprints = new Set(others.map(({ fingerprint }) => fingerprint));
  return keys
    .filter(({ fingerprint }) => !fingerprints.has(fingerprint))
    .sort((left, right) => byName(left.fingerprint, right.fingerprint));
}

function shownKeys(keys: readonly PersonalKey[], login: string, owners: Owners): readonly ShownKey[] {
  return without(keys, []).map((key) => shownKey(key, login, owners));
}

function shownKey({ type, fingerprint, enclave }: PersonalKey, login: string, owners: Owners): ShownKey {
  const owner = owners.get(fingerprint);
  return {
    type,
    fingerprint,
    ...(enclave === undefined ? {} : { enclave }),
    ...(owner === undefined || owner === login ? {} : { formerOwner: owner }),
  };
}
