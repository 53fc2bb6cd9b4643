import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTeam } from "../../config/load";
import { projectRoot } from "../../config/project-root";
import type { Team } from "../../config/team";
import { closingWords } from "../../sandbox/deploy";
import { nextSteps } from "../../sandbox/next-steps";

/** Proves that what a newcomer is told to try names people who exist and may do it. */
describe("what to try next", () => {
  const { team } = loadTeam(join(projectRoot, "team.dev.yaml"), { throwawayKeys: "allowed" });
  const everybody = team.people.map(({ login }) => login);

  it("names the first lead of the committed team, and all servers", () => {
    const text = nextSteps(team, everybody);
    expect(text).toContain("The sandbox is up with dev-wes, dev-nadia, dev-marcus.");
    expect(text).toMatch(
      /as marcus, who leads wes .*\n +npm run sandbox -- ssh marcus@dev-wes sudo -u wes-agent tmux ls\n/,
    );
    expect(text).toMatch(/refused: .*\n +npm run sandbox -- ssh marcus@dev-wes sudo -n -u wes id\n/);
  });

  it("does not name who has no laptop key or has left", () => {
    expect(nextSteps(team, ["nadia"])).not.toMatch(/marcus@|wes@/);
    expect(nextSteps(team, ["nadia"])).toContain("ssh nadia@dev-nadia ");
    const people = team.people.map((person) =>
      person.login === "wes" ? { ...person, standing: { state: "left", on: "2026-11-01" } as const } : person,
    );
    expect(nextSteps({ ...team, people }, everybody)).toContain(
      "ssh marcus@dev-nadia sudo -u nadia-agent tmux ls",
    );
  });

  it("works for a team of nobody", () => {
    const nobody: Team = {
      people: [],
      grants: [],
      keyPolicy: "any",
      sessionManager: "uxon",
      terminal: "ssh",
    };
    expect(nextSteps(nobody, everybody)).not.toContain(" ssh ");
    expect(nextSteps(nobody, everybody)).toContain("up with no server");
  });
});

describe("the closing words of `pulumi up`", () => {
  const events = " +  pulumi:pulumi:Stack team-runtime-dev creating (0s)\n";
  it("leave the events out, and keep warnings", () => {
    const end = "Resources:\n    + 34 created\n\nDuration: 33s\n";
    expect(closingWords(`${events}${end}`)).toBe(end);
    const warning = "Diagnostics:\n  pulumi:pulumi:Stack:\n    warning: a grant has ended\n\n";
    expect(closingWords(`${events}${warning}${end}`)).toBe(`${warning}${end}`);
  });
  it("are everything where Pulumi words it in another way", () => {
    expect(closingWords(events)).toBe(events);
  });
});
