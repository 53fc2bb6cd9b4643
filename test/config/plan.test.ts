import { describe, expect, test } from "vitest";
import { plan } from "../../config/plan";
import { teamOf, validText } from "./sample";

const validPlan = plan(teamOf(validText));

/** Proves what the components are given; that the applied state follows from it is shown on machines. */
test("the plan of the sample team", async () => {
  await expect(`${JSON.stringify(validPlan, null, 2)}\n`).toMatchFileSnapshot(
    "../golden/sample-team.plan.json",
  );
});

test("the order of people and grants in the file does not matter", () => {
  const team = teamOf(validText);
  const reversed = { ...team, people: [...team.people].reverse(), grants: [...team.grants].reverse() };
  expect(plan(reversed)).toEqual(validPlan);
});

describe("leavers", () => {
  const serverOf = (owner: string): unknown => validPlan.servers.find((server) => server.owner === owner);

  test("keep their server, locked, and their uid", () => {
    expect(serverOf("kim")).toMatchObject({
      state: "left",
      humans: [{ login: "kim", uid: 2004, state: "left", keys: [] }],
      agents: [{ login: "kim-agent", uid: 2005, state: "left" }],
      grants: [],
    });
  });

  test("have no server when it is destroyed, and keep their uid", () => {
    expect(serverOf("lou")).toBeUndefined();
    expect(validPlan.roster["lou"]).toMatchObject({ state: "destroyed" });
  });

  test("have no keys, even if the file still holds some", () => {
    const text = validText.replace("  marcus:\n", "  marcus:\n    left: 2026-03-01\n");
    const { servers } = plan(teamOf(text.slice(0, text.indexOf("grants:"))));
    expect(servers.find(({ owner }) => owner === "marcus")?.humans).toMatchObject([
      { login: "marcus", keys: [] },
    ]);
  });
});

describe("leads", () => {
  const on = (name: string): string[] =>
    validPlan.servers.find((server) => server.name === name)?.humans.map(({ login }) => login) ?? [];

  test("have an account where a grant names them", () => {
    expect(on("dev-wes")).toEqual(["marcus", "wes"]);
    expect(on("dev-nadia")).toEqual(["marcus", "nadia"]);
  });

  test("and nowhere else", () => {
    expect(on("dev-kim")).toEqual(["kim"]);
    expect(on("dev-marcus")).toEqual(["marcus"]);
  });
});
