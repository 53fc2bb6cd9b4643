import { describe, expect, it } from "vitest";
import { readLynisReport } from "./lynis";
import { judge, readWaivers } from "./verdict";

const finding = (name: string, passed: boolean): { name: string; passed: boolean; said: string } => ({
  name,
  passed,
  said: "wanted this, found that",
});
const waived = (name: string): ReadonlyMap<string, string> => new Map([[name, "a reason"]]);

/** Proves that a waiver hides its own fault and nothing else, and only while the fault is there. */
describe("the waivers", () => {
  it("hide a fault that they name", () => {
    expect(judge([finding("cis 1", true), finding("cis 2", false)], waived("cis 2"))).toEqual({
      passed: 1,
      waived: 1,
      problems: [],
    });
  });

  it.each([
    [
      "a fault without a waiver",
      [finding("cis 2", false)],
      new Map(),
      "cis 2 fails: wanted this, found that",
    ],
    ["a stale waiver", [finding("cis 2", true)], waived("cis 2"), /passes: take the waiver away/],
    ["a waiver for what nobody asks", [], waived("cis 3"), /nothing of that name/],
  ] as const)("do not put up with %s", (_what, findings, waivers, problem) => {
    expect(judge(findings, waivers).problems).toEqual([
      typeof problem === "string" ? problem : expect.stringMatching(problem),
    ]);
  });

  it("have a name and a reason, once each", () => {
    const { waivers, problems } = readWaivers(
      "# a comment\n\ncis 5.1.5: nobody reads it\ncis 5.1.6\ncis 5.1.7:\ncis 5.1.5: twice\n5.1.8: no source\n",
    );
    expect([...waivers]).toEqual([["cis 5.1.5", "nobody reads it"]]);
    expect(problems.map((problem) => problem.split(":")[1])).toEqual(["4", "5", "6", "7"]);
  });
});

describe("the report of Lynis", () => {
  const text = [
    "lynis_version=3.0.8",
    "hardening_index=68",
    "lynis_tests_done=240",
    "tests_executed=SSH-7408|AUTH-9328|HOME-9304|MAIL-8818|",
    "suggestion[]=AUTH-9328|Default umask could be stricter|-|-|",
    "suggestion[]=SSH-7408|Consider hardening SSH configuration|MaxSessions (set 10 to 2)|-|",
    "details[]=SSH-7408|sshd|desc:sshd option MaxSessions;field:MaxSessions;prefval:2;value:10;|",
    "warning[]=MAIL-8818|Found a banner|-|-|",
    "suggestion[]=TOOL-5002|Automate|-|-|",
  ].join("\n");

  it("fails a named test for each thing that it says, and any test for a warning", () => {
    const { findings, version } = readLynisReport(text);
    const failed = (name: string): boolean | undefined => findings.find((one) => one.name === name)?.passed;
    expect(version).toBe("3.0.8");
    expect(failed("lynis HOME-9304")).toBe(true);
    expect(failed("lynis AUTH-9328")).toBe(false);
    expect(failed("lynis SSH-7408:MaxSessions")).toBe(false);
    expect(failed("lynis MAIL-8818")).toBe(false);
    expect(failed("lynis TOOL-5002")).toBeUndefined();
  });

  it("fails a named test that did not run", () => {
    expect(readLynisReport(text).findings).toContainEqual({
      name: "lynis SSH-7402",
      passed: false,
      said: "Lynis did not run this test",
    });
  });
});
