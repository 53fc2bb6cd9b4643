import { describe, expect, test } from "vitest";
import { leadLine, ownerLine, selfLine } from "../../components/sudoers";
import type { AgentLogin } from "../../config/names";

/** A name that got past the types, as from JSON. */
const past = (name: string): AgentLogin => name as AgentLogin;

describe("the lines", () => {
  test("of an owner", () => {
    expect(ownerLine("wes", "wes-agent")).toBe("wes ALL=(wes-agent) NOPASSWD:NOSETENV: ALL");
  });
  test("of an agent as itself", () => {
    expect(selfLine("wes-agent")).toBe("wes-agent ALL=(wes-agent) NOPASSWD:NOSETENV: ALL");
  });
  test("of a lead", () => {
    expect(leadLine({ lead: "marcus", runAs: "wes-agent", mode: "attach" })).toBe(
      "marcus ALL=(wes-agent) NOPASSWD:NOSETENV: ALL",
    );
  });
  test("of a lead who only watches", () => {
    expect(leadLine({ lead: "marcus", runAs: "wes-agent", mode: "watch" })).toBe(
      "marcus ALL=(wes-agent) NOPASSWD:NOSETENV: /usr/local/lib/team-runtime/watch",
    );
  });
  test("of a lead until a day", () => {
    expect(
      leadLine({ lead: "marcus", runAs: "wes-agent", mode: "attach", until: "2026-12-31T23:59:59Z" }),
    ).toBe("marcus ALL=(wes-agent) NOTAFTER=20261231235959Z NOPASSWD:NOSETENV: ALL");
  });
});

describe("no line is written", () => {
  test.each([
    "root",
    "wes",
    "ALL",
    "",
    "wes-agent,root",
    "wes-agent) ALL=(root",
    "!wes-agent",
    "%sudo-agent",
    "#0-agent",
    "wes-agent\nALL",
    "wes-agent\n",
  ])("for the target %j", (name) => {
    expect(() => ownerLine("wes", past(name))).toThrow("is not an agent");
    expect(() => selfLine(past(name))).toThrow("is not an agent");
    expect(() => leadLine({ lead: "marcus", runAs: past(name), mode: "attach" })).toThrow("is not an agent");
  });

  test.each([
    "ALL",
    "%sudo",
    "#0",
    "+net",
    "wes,nadia",
    "wes\nALL",
    "wes\n",
    "",
    "Wes",
    "wes-agent",
    "Defaults !use_pty #",
  ])("for the user %j", (name) => {
    expect(() => ownerLine(name, "wes-agent")).toThrow("is not a person's login");
    expect(() => leadLine({ lead: name, runAs: "wes-agent", mode: "attach" })).toThrow(
      "is not a person's login",
    );
  });

  test.each([
    "2026-12-31",
    "2026-12-31T23:59:59+01:00",
    "2026-12-31T23:59:59Z NOPASSWD: ALL",
    "20261231235959Z\n",
    "",
  ])("for the end %j", (until) => {
    expect(() => leadLine({ lead: "marcus", runAs: "wes-agent", mode: "attach", until })).toThrow(
      "is not an instant",
    );
  });
});
