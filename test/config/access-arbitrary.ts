import fc from "fast-check";
import { readPublicKey } from "../../config/keys";
import type { PersonalKey } from "../../config/keys";
import { usualLimits } from "../../config/limits";
import type { Grant, Person, Team } from "../../config/team";
import { terminals } from "../../config/terminals";
import { keyLine } from "./sample";

const logins = ["ada", "ben", "cleo", "dan", "eve"] as const;

/** Two in the past of the tests and two in their future. */
const ends = ["2026-01-01T00:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T12:00:01Z", "2027-03-01T00:00:00Z"];

/** Checked teams of up to five people, in any state, on servers of their own or on two shared ones, with any grants between active ones. */
export const anyTeam: fc.Arbitrary<Team> = fc
  .record({
    keyPolicy: fc.constantFrom("any" as const, "hardware" as const),
    terminal: fc.constantFrom(...terminals),
    people: fc.tuple(...logins.map((login) => fc.option(anyPerson(login), { nil: undefined }))),
    grants: fc.uniqueArray(anyGrant(), { selector: ({ lead, over }) => `${lead} ${over}`, maxLength: 12 }),
  })
  .map(({ people, grants, keyPolicy, terminal }) => {
    const present = people.filter((person) => person !== undefined).map(atPlace);
    const active = new Set(
      present.filter(({ standing }) => standing.state === "active").map(({ login }) => login),
    );
    return {
      people: present,
      grants: grants.filter(({ lead, over }) => lead !== over && active.has(lead) && active.has(over)),
      keyPolicy,
      sessionManager: "uxon" as const,
      terminal,
    };
  });

function anyPerson(login: string): fc.Arbitrary<Person> {
  const keys = [1, 2, 3].map((number) =>
    fc.constantFrom<PersonalKey>(keyOf(`${login}-${number}`), {
      ...keyOf(`${login}-${number}`),
      enclave: "smart-card",
    }),
  );
  return fc.record({
    login: fc.constant(login),
    uid: fc.constantFrom(3000, 3002),
    serverName: fc.constantFrom(`dev-${login}`, `dev-${login}`, "dev-shared", "dev-training"),
    server: fc.record({
      type: fc.constantFrom("cx22", "cx32"),
      image: fc.constant("debian-12"),
      backups: fc.boolean(),
    }),
    agents: fc.constant([]),
    limits: fc.constantFrom(usualLimits, { memory: "8G", tasks: 1000, cpuPercent: 150, disk: "40G" }),
    gitIdentity: fc.constantFrom("acme.example", "acme.test").map((domain) => ({
      name: `${login}-agent (agent of ${login})`,
      email: `${login}-agent@${domain}`,
    })),
    credentials: fc.subarray([
      { kind: "token", host: "git.acme.example", generation: "1", user: "oauth2" },
      { kind: "key", host: "github.com", generation: "1", hostKeys: [keyOf("github.com")] },
      { kind: "key", host: "gitlab.com", generation: "1", hostKeys: [keyOf("gitlab.com")] },
    ] as const),
    repositories: fc.subarray([{ name: "web", url: "https://example.com/acme/web.git" }]),
    tools: fc.subarray([{ name: "claude", version: "2.1.332" }, { name: "gh" }] as const),
    keys: fc.subarray(keys, { minLength: 1 }).chain((some) => fc.tuple(...some)),
    standing: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ state: "active" as const }) },
      {
        weight: 1,
        arbitrary: fc.record({
          state: fc.constantFrom("left" as const, "destroyed" as const),
          on: fc.constant("2026-11-01"),
        }),
      },
    ),
  });
}

/** All people of a shared server have the same one. */
function atPlace(person: Person): Person {
  if (person.serverName === `dev-${person.login}`) return person;
  return {
    ...person,
    server: { type: "cx32", image: "debian-12", backups: person.serverName === "dev-training" },
  };
}

function anyGrant(): fc.Arbitrary<Grant> {
  return fc.record(
    {
      lead: fc.constantFrom(...logins),
      over: fc.constantFrom(...logins),
      mode: fc.constantFrom("attach" as const, "watch" as const),
      until: fc.constantFrom(...ends),
      reason: fc.constantFrom("onboarding", "<b>|`"),
    },
    { requiredKeys: ["lead", "over", "mode"] },
  );
}

function keyOf(name: string): PersonalKey {
  const reading = readPublicKey(keyLine(name));
  if (!reading.ok) throw new Error(reading.finding.sentence);
  return reading.value;
}
