import { throwAwayKey } from "../support/throw-away-key";

/** An access document in the form that the applier reads (see components/access-document.ts). */
export interface AccessDocument {
  readonly accounts: Readonly<Record<string, unknown>>;
  readonly keys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly server: string;
  readonly sudoers: Readonly<Record<string, string>>;
  readonly version: number;
}

/** A lead over somebody's agent; `until` is `YYYYMMDDHHMMSSZ`. */
export interface Lead {
  readonly lead: string;
  readonly over: string;
  readonly watches?: boolean;
  readonly until?: string;
}

/** A person with an agent of their own. `left`: the account stays and can do nothing. */
export interface Owner {
  readonly login: string;
  readonly left?: boolean;
}

const uids: Readonly<Record<string, number>> = { marcus: 20300, nadia: 20310, wes: 20412, olga: 20500 };
const uidOf = (login: string): number => {
  const uid = uids[login];
  if (uid === undefined) throw new Error(`${login} is in no test's team.`);
  return uid;
};

/** Agents of these owners on one server, and who leads them. Everybody's key is the throw-away key of their name. */
export function accessOn(
  server: string,
  owners: readonly Owner[],
  leads: readonly Lead[] = [],
): AccessDocument {
  const active = owners.filter(({ left }) => left !== true);
  const state = ({ left }: Owner): string => (left === true ? "left" : "active");
  // Whoever works on the server is there with a key of their own already.
  const isHere = ({ lead }: Lead): boolean => owners.some(({ login }) => login === lead);
  const leadLogins = [...new Set(leads.filter((one) => !isHere(one)).map(({ lead }) => lead))].sort();
  const people = [
    ...owners.map((owner) => [owner.login, { kind: "human", role: "owner", state: state(owner) }] as const),
    ...leadLogins.map((login) => [login, { kind: "human", role: "lead", state: "active" }] as const),
  ];
  const agents = owners.map(
    (owner) =>
      [
        `${owner.login}-agent`,
        { kind: "agent", owner: owner.login, state: state(owner), uid: uidOf(owner.login) + 1 },
      ] as const,
  );
  const own = active.flatMap(({ login }): readonly Rule[] => {
    const agent = `${login}-agent`;
    return [
      { user: login, agent },
      { user: agent, agent },
    ];
  });
  const rules = [
    ...own,
    ...leads.map(({ lead, over, ...rest }): Rule => ({ user: lead, agent: `${over}-agent`, ...rest })),
  ];
  return {
    accounts: sorted<unknown>([
      ...people.map(([login, fields]) => [login, { ...fields, uid: uidOf(login) }] as const),
      ...agents,
    ]),
    keys: sorted([
      ...active.map(({ login }) => [login, { laptop: `${keyOf(login)} ${login}` }] as const),
      ...leadLogins.map((login) => [login, hopKey(login, leads)] as const),
    ]),
    server,
    sudoers: sorted(rules.map((rule) => [`${rule.user} as ${rule.agent}`, sudoersLine(rule)] as const)),
    version: 1,
  };
}

interface Rule {
  readonly user: string;
  readonly agent: string;
  readonly watches?: boolean;
  readonly until?: string;
}

function sudoersLine({ user, agent, watches, until }: Rule): string {
  const end = until === undefined ? "" : `NOTAFTER=${until} `;
  const command = watches === true ? "/usr/local/lib/team-runtime/watch" : "ALL";
  return `${user} ALL=(${agent}) ${end}NOPASSWD:NOSETENV: ${command}`;
}

/** A lead's key ends when the last of the grants does. */
function hopKey(login: string, leads: readonly Lead[]): Readonly<Record<string, string>> {
  const ends = leads.filter(({ lead }) => lead === login).map(({ until }) => until);
  const last = ends.includes(undefined) ? undefined : ends.sort().at(-1);
  const expiry = last === undefined ? "" : `,expiry-time="${last}"`;
  return { [`hop key of dev-${login}`]: `restrict,pty${expiry} ${keyOf(login)} ${login}@dev-${login}` };
}

function keyOf(login: string): string {
  return throwAwayKey(login).publicKey.split(" ").slice(0, 2).join(" ");
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}
