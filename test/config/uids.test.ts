import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { plan } from "../../config/plan";
import { checkRoster, type Roster } from "../../config/roster";
import { assignUids, derivedUid, uidRange, type UidClaim } from "../../config/uids";
import { keyLine, parse } from "./sample";

// A thousand histories take ten seconds, and more while other tests run.
vi.setConfig({ testTimeout: 300_000 });

/** Two logins that derive the same uid, found by trying. */
const [first, second] = twins();

function twins(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; ; index++) {
    const login = `p${index}`;
    const other = seen.get(derivedUid(login));
    if (other !== undefined) return [other, login];
    seen.set(derivedUid(login), login);
  }
}

test("derived uids do not change: they own files on servers", () => {
  expect({ wes: derivedUid("wes"), nadia: derivedUid("nadia"), marcus: derivedUid("marcus") }).toEqual({
    wes: 56728,
    nadia: 33532,
    marcus: 44204,
  });
});

test("derived uids are even and leave room for the agent's", () => {
  for (let index = 0; index < 5000; index++) {
    const uid = derivedUid(`p${index}`);
    expect(uid % 2).toBe(0);
    expect(uid).toBeGreaterThanOrEqual(10_000);
    expect(uid + 1).toBeLessThanOrEqual(uidRange.most + 1);
  }
});

describe("two logins that derive the same uid", () => {
  test("the one above keeps it, the other gets the next choice", () => {
    const { uids, moved } = assignUids([{ login: first }, { login: second }]);
    expect(uids.get(first)).toBe(derivedUid(first));
    expect(uids.get(second)).toBe(derivedUid(`${second}#1`));
    expect(moved).toEqual([{ login: second, by: first }]);
  });

  test("the next choice passes over what is taken", () => {
    const taken = derivedUid(`${second}#1`) + 1;
    const { uids } = assignUids([{ login: first }, { login: second }, { login: "zoe", uid: taken }]);
    expect(uids.get(second)).toBe(derivedUid(`${second}#2`));
  });

  test("the file's warning says how to pin it, and pinned it is quiet and the same", () => {
    const file = (pin: string): string => `defaults: { server: { type: cx22 } }
people:
  ${first}: { keys: ['${keyLine(first)}'] }
  ${second}: { ${pin}keys: ['${keyLine(second)}'] }
`;
    const uid = derivedUid(`${second}#1`);
    const [warning, ...others] = parse(file("")).warnings;
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      path: `people.${second}`,
      fix: `Pin it with uid: ${uid}, so that it does not depend on the order of the file.`,
    });
    const pinned = parse(file(`uid: ${uid}, `));
    expect(pinned.warnings).toEqual([]);
    expect(pinned).toMatchObject({ ok: true, team: { people: [{ uid: derivedUid(first) }, { uid }] } });
  });
});

const login = fc.stringMatching(/^[a-z]{1,2}$/);
const claim: fc.Arbitrary<UidClaim> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ login }) },
  { weight: 1, arbitrary: fc.record({ login, uid: fc.integer({ min: 10_000, max: 10_060 }) }) },
);

test("no two people or agents share a uid, unless a clash says so", () => {
  fc.assert(
    fc.property(fc.uniqueArray(claim, { selector: (one) => one.login, maxLength: 60 }), (claims) => {
      const { uids, clashes } = assignUids(claims);
      expect(uids.size).toBe(claims.length);
      const pairs = [...uids.values()].flatMap((uid) => [uid, uid + 1]);
      if (clashes.length === 0) expect(new Set(pairs).size).toBe(pairs.length);
      else expect(new Set(pairs).size).toBeLessThan(pairs.length);
    }),
    { numRuns: 500 },
  );
});

/** One thing that an infra team does to its file between two applies. */
type Step = {
  readonly kind: "join" | "leave" | "destroy" | "return" | "forget";
  readonly login: string;
  readonly uid?: number;
  readonly above: boolean;
};

const step: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constantFrom("join", "join", "join", "leave", "destroy", "return", "forget"),
    // Few logins and uids, and among the logins twins, so that they meet.
    login: fc.constantFrom(first, second, "wes", "nadia", "kim", "lou", "zoe"),
    uid: fc.constantFrom(derivedUid(first), derivedUid("wes"), derivedUid("wes") + 1, 3000, 3001),
    above: fc.boolean(),
  },
  { requiredKeys: ["kind", "login", "above"] },
);

interface Entry {
  readonly state: "active" | "left" | "destroyed";
  readonly uid?: number;
}

function changedBy(
  people: ReadonlyMap<string, Entry>,
  { kind, login: name, uid, above }: Step,
): ReadonlyMap<string, Entry> {
  const entry = people.get(name);
  if (kind === "forget") return new Map([...people].filter(([other]) => other !== name));
  if (kind === "join" && entry === undefined) {
    const joined = [name, { state: "active", ...(uid === undefined ? {} : { uid }) }] as const;
    return new Map(above ? [joined, ...people] : [...people, joined]);
  }
  if (entry === undefined) return people;
  const state = { join: entry.state, leave: "left", destroy: "destroyed", return: "active" } as const;
  return new Map(
    [...people].map(([other, old]) => [other, other === name ? { ...old, state: state[kind] } : old]),
  );
}

function textOf(people: ReadonlyMap<string, Entry>): string {
  const entries = [...people].map(([name, { state, uid }]) => {
    const standing = {
      active: `keys: ['${keyLine(name)}']`,
      left: "left: 2026-03-01",
      destroyed: "left: { on: 2026-03-01, server: destroyed }",
    };
    return `  ${name}: { ${uid === undefined ? "" : `uid: ${uid}, `}${standing[state]} }\n`;
  });
  return `defaults: { server: { type: cx22 } }\npeople:\n  boss: { keys: ['${keyLine("boss")}'] }\n${entries.join("")}`;
}

test("over 1,000 random histories, no uid is ever given to a second person or taken from its first", () => {
  let applied = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
      const owners = new Map<number, string>();
      let people: ReadonlyMap<string, Entry> = new Map();
      let roster: Roster | undefined;
      for (const one of steps) {
        const wanted = changedBy(people, one);
        const result = parse(textOf(wanted));
        const next = result.ok ? plan(result.team) : undefined;
        if (
          next === undefined ||
          checkRoster(roster, next, { protection: true, forget: [] }).problems.length > 0
        ) {
          refused++;
          continue;
        }
        applied++;
        people = wanted;
        roster = next.roster;
        for (const [name, { uid }] of Object.entries(roster)) {
          for (const number of [uid, uid + 1]) {
            expect(owners.get(number) ?? name).toBe(name);
            owners.set(number, name);
          }
        }
      }
    }),
    { numRuns: 1000 },
  );
  // Both must happen, or the property says nothing.
  expect(applied).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(200);
});
