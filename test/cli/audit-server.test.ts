import { describe, expect, test } from "vitest";
import { expiredGrants, readAnswer } from "../../cli/audit-server";
import type { ServerAnswer } from "../../cli/server-ssh";
import type { GrantPlan } from "../../config/plan";

const finding = { kind: "leftover", item: "/tmp/.x", sentence: "is a socket.", fix: "Remove it." } as const;

const interval = { asked: 1_000_000, answered: 1_002_000 };

function answered(clock: number, findings: readonly unknown[] = []): ServerAnswer {
  return { reached: true, code: 0, stdout: JSON.stringify({ clock, findings }), stderr: "" };
}

describe("an answer of a server", () => {
  test("with nothing in it is clean", () => {
    expect(readAnswer(answered(1001), interval)).toEqual({ reached: true, findings: [] });
  });

  test.each([
    [1062, 0],
    [1063, 1],
    [940, 0],
    [939, 1],
  ])("whose clock shows %d, asked between 1000 and 1002, has %d findings", (clock, count) => {
    expect(readAnswer(answered(clock), interval).findings).toHaveLength(count);
  });

  test("says which way its clock is wrong", () => {
    expect(readAnswer(answered(2002), interval).findings[0]?.sentence).toMatch(/^is 1000 seconds ahead of/);
    expect(readAnswer(answered(0), interval).findings[0]?.sentence).toMatch(/^is 1000 seconds behind/);
  });

  test("cannot write control characters to a terminal", () => {
    const hostile = { ...finding, sentence: "\u001b]0;owned\u0007\n dev-other: clean" };
    const [found] = readAnswer(answered(1001, [hostile]), interval).findings;
    expect(found?.sentence).toBe("?]0;owned?? dev-other: clean");
  });

  test.each([
    [
      "a program that is not there",
      { reached: true, code: 1, stdout: "", stderr: "sudo: audit: command not found\n" },
    ],
    ["text that is no answer", { reached: true, code: 0, stdout: "Welcome!", stderr: "" }],
    ["a finding of no known kind", answered(1001, [{ ...finding, kind: "fine" }])],
  ] as const)("of %s is drift, never clean", (_what, answer) => {
    const { reached, findings } = readAnswer(answer, interval);
    expect(reached).toBe(true);
    expect(findings.map(({ kind, item }) => [kind, item])).toEqual([["drift", "host software"]]);
  });

  test("that never came is unreachable, and a changed host key has another remedy", () => {
    const { reached, findings } = readAnswer({ reached: false, reason: "Connection timed out" }, interval);
    expect([reached, findings[0]?.kind, findings[0]?.fix]).toEqual([
      false,
      "unreachable",
      expect.stringContaining("console"),
    ]);
    const changed = readAnswer({ reached: false, reason: "Host key verification failed." }, interval);
    expect(changed.findings[0]?.fix).toContain("Compare the host key");
  });
});

describe("grants that have ended", () => {
  const endless: GrantPlan = {
    lead: "marcus",
    leadUid: 20300,
    leadServer: "dev-marcus",
    over: "wes",
    runAs: "wes-agent",
    server: "dev-wes",
    mode: "attach",
  };
  const grant = { ...endless, until: "2026-12-31T23:59:59Z" };

  test("are reported after their last second and not before", () => {
    expect(expiredGrants([grant], new Date("2026-12-31T23:59:59Z"))).toEqual([]);
    expect(expiredGrants([grant], new Date("2027-01-01T00:00:00Z"))).toHaveLength(1);
  });

  test("are never those without an end", () => {
    expect(expiredGrants([endless], new Date("2999-01-01T00:00:00Z"))).toEqual([]);
  });
});
