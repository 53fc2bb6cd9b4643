import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../config/project-root";
import { run, type ProgramResult } from "../../engine/run";

/** Proves what the sandbox's command line says to those who got a command wrong, or start it too early. */
describe("npm run sandbox --", () => {
  const sandbox = (...args: readonly string[]): Promise<ProgramResult> =>
    run(process.execPath, [join(projectRoot, "dist", "sandbox", "main.js"), ...args], {
      env: { ...process.env, TEAM_RUNTIME_SANDBOX: "test-nowhere" },
    });

  it.each([
    ["bogus", ["bogus"]],
    ["up bogus", ["up", "bogus"]],
  ])("refuses `%s` and names the commands, without starting anything", async (shown, words) => {
    const { code, stdout, stderr } = await sandbox(...words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(`^There is no command \`${shown}\`\\. Fix: take one of up, down, .*\\n$`),
    );
  });

  it("has help, which names every command", async () => {
    const { code, stdout } = await sandbox("--help");
    expect(code).toBe(0);
    for (const command of ["up", "down", "exec", "ssh", "root", "poweron", "status"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    }
  });

  it.each(["status", "ssh wes@dev-wes"])("%s says that there is no sandbox", async (words) => {
    const { stdout, stderr } = await sandbox(...words.split(" "));
    expect(`${stdout}${stderr}`).toMatch(
      /test-nowhere(?:: not there| is not there\. Fix: start it with `npm run sandbox`\.)\n$/,
    );
  });
});
