import { describe, expect, test } from "vitest";
import type { RosterEntry, TeamPlan } from "../../config/plan";
import { checkRoster, type RosterOptions } from "../../config/roster";

const options: RosterOptions = { protection: true, forget: [] };
const active: RosterEntry = { uid: 3000, state: "active" };
const left: RosterEntry = { uid: 3000, state: "left" };
const destroyed: RosterEntry = { uid: 3000, state: "destroyed" };

function check(
  before: RosterEntry | undefined,
  after: RosterEntry | undefined,
  with_: Partial<RosterOptions> = {},
): { problems: string[]; warnings: string[] } {
  const next: Pick<TeamPlan, "roster"> = { roster: after === undefined ? {} : { kim: after } };
  const result = checkRoster(before === undefined ? {} : { kim: before }, next, { ...options, ...with_ });
  return {
    problems: result.problems.map(({ sentence }) => sentence),
    warnings: result.warnings.map(({ sentence }) => sentence),
  };
}

const quiet = { problems: [], warnings: [] };

describe("what may be applied", () => {
  test.each([
    ["nothing new", active, active],
    ["joining", undefined, active],
    ["leaving", active, left],
    ["destroying the server of a leaver", left, destroyed],
    ["a leaver without a server who was never here", undefined, destroyed],
  ])("%s", (_what, before, after) => {
    expect(check(before, after)).toEqual(quiet);
  });

  test("anybody, in a stack that was never applied", () => {
    expect(checkRoster(undefined, { roster: { kim: active } }, options)).toEqual(quiet);
  });

  test("forgetting, when the setting says so", () => {
    expect(check(destroyed, undefined, { forget: ["kim"] })).toEqual(quiet);
  });

  test("destroying at once, without protection", () => {
    expect(check(active, destroyed, { protection: false })).toEqual(quiet);
  });
});

describe("what may not be applied", () => {
  test.each([
    ["vanishing", active, undefined, '"kim" (uid 3000) has disappeared from the team file'],
    ["vanishing as a leaver", left, undefined, '"kim" (uid 3000) has disappeared from the team file'],
    [
      "vanishing after the server is gone",
      destroyed,
      undefined,
      '"kim" (uid 3000) has disappeared from the team file',
    ],
    ["another uid", active, { ...active, uid: 3002 }, 'The uid of "kim" would change from 3000 to 3002'],
    [
      "another uid of a leaver",
      destroyed,
      { ...destroyed, uid: 3002 },
      'The uid of "kim" would change from 3000 to 3002',
    ],
    [
      "destroying at once",
      active,
      destroyed,
      'The server of "kim" is protected and would be destroyed at once.',
    ],
  ])("%s", (_what, before, after, sentence) => {
    const { problems } = check(before, after);
    expect(problems).toEqual([expect.stringContaining(sentence)]);
  });

  test("forgetting somebody else", () => {
    expect(check(active, undefined, { forget: ["lou"] }).problems).toHaveLength(1);
  });

  test("the remedies name the entry and the setting", () => {
    const { problems } = checkRoster({ kim: active }, { roster: {} }, options);
    expect(problems[0]?.fix).toBe(
      "Put the entry back with left: YYYY-MM-DD. If the person never had files anywhere: pulumi config set --path 'team-runtime:forget[0]' kim",
    );
  });
});

describe("what is applied with a warning", () => {
  test.each([
    ["coming back", left, active, '"kim" had left and becomes active again.'],
    ["coming back after the server is gone", destroyed, active, '"kim" had left and becomes active again.'],
    [
      "a server for a leaver who has none",
      destroyed,
      left,
      '"kim" has left and has no server in this stack; one would be made.',
    ],
    [
      "a server for a leaver who was never here",
      undefined,
      left,
      '"kim" has left and has no server in this stack; one would be made.',
    ],
  ])("%s", (_what, before, after, sentence) => {
    expect(check(before, after)).toEqual({ problems: [], warnings: [sentence] });
  });
});

test("people named like parts of every object are people like others", () => {
  const roster = JSON.parse('{"__proto__": {"uid": 3000, "state": "active"}}') as Record<string, RosterEntry>;
  expect(checkRoster(roster, { roster: {} }, options).problems).toHaveLength(1);
  expect(checkRoster({}, { roster: { constructor: active } }, options).problems).toEqual([]);
});

describe("people on a shared server", () => {
  const on = (server: string, state: RosterEntry["state"] = "active"): RosterEntry => ({
    uid: 3000,
    state,
    server,
  });
  const lou: RosterEntry = { uid: 3002, state: "active", server: "dev-shared" };
  const checkBoth = (before: RosterEntry, after: RosterEntry, louAfter: RosterEntry, protection = true) => {
    const next = { roster: { kim: after, lou: louAfter } };
    const { problems, warnings } = checkRoster({ kim: before, lou }, next, { ...options, protection });
    return {
      problems: problems.map(({ sentence }) => sentence),
      warnings: warnings.map(({ sentence }) => sentence),
    };
  };

  test("leave in one step or two, as long as others are on it", () => {
    expect(checkBoth(on("dev-shared"), on("dev-shared", "left"), lou)).toEqual(quiet);
    expect(checkBoth(on("dev-shared"), destroyed, lou)).toEqual(quiet);
  });

  test("and the last ones in two steps, because the server goes with them", () => {
    const { problems } = checkBoth(on("dev-shared"), destroyed, { ...lou, state: "destroyed" });
    expect(problems).toEqual([
      "dev-shared, where nobody is any more, is protected and would be destroyed at once.",
      "dev-shared, where nobody is any more, is protected and would be destroyed at once.",
    ]);
    const kept = on("dev-shared", "left");
    expect(check(kept, destroyed)).toEqual(quiet);
  });

  test("move to a server of their own, with a warning of what stays behind", () => {
    const { problems, warnings } = checkBoth(on("dev-shared"), active, lou);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      '"kim" moves from dev-shared to dev-kim, and nothing is copied: the homes are archived on dev-shared for root, and the workspace stays there, closed.',
    ]);
  });

  test("move back only when their own server may be destroyed", () => {
    expect(checkBoth(active, on("dev-shared"), lou).problems).toEqual([
      'The server of "kim" is protected and would be destroyed at once, because "kim" moves to dev-shared.',
    ]);
    const { problems, warnings } = checkBoth(active, on("dev-shared"), lou, false);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      '"kim" moves from dev-kim to dev-shared, and nothing is copied: dev-kim is destroyed with all that is on it.',
    ]);
  });

  test("are not moved once they have left", () => {
    expect(checkBoth(on("dev-shared"), left, lou).problems).toEqual([
      '"kim" has left and would move from dev-shared to dev-kim.',
    ]);
    expect(checkBoth(left, on("dev-shared", "left"), lou).problems).toEqual([
      '"kim" has left and would move from dev-kim to dev-shared.',
    ]);
  });

  test("are not made for a leaver without a warning", () => {
    expect(checkBoth(destroyed, on("dev-shared", "left"), lou).warnings).toEqual([
      '"kim" has left and has no account on dev-shared; locked ones would be made.',
    ]);
  });
});
