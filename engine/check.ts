import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../config/project-root";
import { conclude, runJudges } from "./judges/judge";
import { ensureLintTools } from "./judges/lint-tools";
import { programJudge } from "./judges/program";
import { hostUnitTests, vitestJudge } from "./judges/tests";
import { lineProgress } from "./progress";
import { runCommand } from "./user-error";

/** `npm run check`: everything that a contributor wants to know before a commit, without booting a machine. */
async function check(): Promise<number> {
  const tools = await ensureLintTools(lineProgress());
  const node = (
    packageName: string,
    file: string,
    ...args: string[]
  ): readonly [string, readonly string[]] => [
    process.execPath,
    [join(projectRoot, "node_modules", packageName, file), ...args],
  ];
  return conclude(
    await runJudges([
      programJudge("types", ...node("typescript", "bin/tsc", "--noEmit", "-p", "tsconfig.json")),
      programJudge("ESLint", ...node("eslint", "bin/eslint.js", ".")),
      programJudge("Prettier", ...node("prettier", "bin/prettier.cjs", "--check", "--log-level=warn", ".")),
      programJudge("shellcheck", join(tools, "shellcheck"), shellFiles()),
      programJudge("ruff", join(tools, "ruff"), ["check", "--no-cache", "."]),
      programJudge("ruff format", join(tools, "ruff"), ["format", "--no-cache", "--check", "."]),
      programJudge("mypy", join(tools, "mypy"), ["--cache-dir=/dev/null"]),
      hostUnitTests,
      vitestJudge("unit tests", ["pure"]),
    ]),
  );
}

/** Every tracked or new file that a shell runs, known by its first line. */
function shellFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  return listed.split("\n").filter((file) => file !== "" && isShell(join(projectRoot, file)));
}

function isShell(file: string): boolean {
  try {
    const firstLine = execFileSync("head", ["-n", "1", file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /^#!.*\b(?:ba)?sh\b/.test(firstLine);
  } catch {
    return false;
  }
}

void runCommand(check);
