import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../config/project-root";
import { lineProgress } from "../../engine/progress";
import { run } from "../../engine/run";
import { dockerLines } from "../../sandbox/docker/docker";
import { dockerDriver } from "../../sandbox/drivers/docker";
import { startDockerEngine, type DockerEngine } from "../support/docker-engine";
import { figure, timed } from "../support/figure";

/** Files of tests that need nothing of the host, so that they run on any driver. */
const shelves: readonly (readonly [shelf: string, ...files: readonly string[]])[] = [
  ["machines", "test/sandbox/machine.test.ts", "test/sandbox/restart.test.ts"],
  ["journeys", "test/journeys/revoke.test.ts", "test/journeys/destroy.test.ts"],
];

/** A run of a shelf boots machines and installs what servers need: as long as a hook that does so may take. */
const shelfMilliseconds = 900_000;

interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
}

/**
 * Proves that the docker driver boots the same machines, by the other drivers' own tests. They are run by a process that
 * has none of root's capabilities, so that all it can is what Docker does for it.
 */
describe("the docker driver", () => {
  const before = process.env;
  let engine: DockerEngine | undefined;

  beforeAll(async () => {
    engine = await timed("start of a Docker Engine", startDockerEngine);
    process.env = engine.environment;
    await timed("image in Docker", () => dockerDriver.ensureImage(lineProgress()));
  });
  afterAll(async () => {
    process.env = before;
    await engine?.stop();
  });

  it.each(shelves)(
    "without a capability of root passes the tests of the shelf %s",
    async (shelf, ...files) => {
      const report = join(mkdtempSync(join(tmpdir(), "docker-")), "report.json");
      const { code, stdout, stderr } = await timed(`the shelf ${shelf} on Docker`, () =>
        run(
          "setpriv",
          [
            ...["--bounding-set=-all", "--inh-caps=-all", "--", process.execPath],
            ...[join("node_modules", "vitest", "vitest.mjs"), "run", `--project=${shelf}`],
            ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...files],
          ],
          { cwd: projectRoot, env: environmentOfRun() },
        ),
      );
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(report, "utf8")) as Report;
      figure(`tests of ${String(files.length)} files that passed on Docker`, String(numPassedTests));
      expect(numPassedTests).toBeGreaterThan(files.length);
      expect(numTotalTests).toBe(numPassedTests);
    },
    shelfMilliseconds,
  );

  it("leaves nothing in Docker but the image", async () => {
    expect(await dockerLines("ps", "--all", "--quiet")).toEqual([]);
    expect(await dockerLines("network", "ls", "--quiet", "--filter", "type=custom")).toEqual([]);
    expect(await dockerLines("volume", "ls", "--quiet")).toEqual([]);
    expect(await dockerLines("images", "--all", "--format", "{{.Repository}}")).toEqual([
      "team-runtime-sandbox",
    ]);
  });
});

/** A test run of its own, not a part of this one, which has already been told of the engine. */
function environmentOfRun(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"));
  return { ...Object.fromEntries(own), TEAM_RUNTIME_SANDBOX_DRIVER: "docker" };
}
