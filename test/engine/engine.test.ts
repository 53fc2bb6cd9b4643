import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureEngine } from "../../engine/engine";
import type { Progress } from "../../engine/progress";
import { UserError } from "../../engine/user-error";
import { cliVersion } from "../../engine/versions";

const silent: Progress = { note: () => undefined, step: (_title, work) => work() };
let folder: string;

// Nothing is to be had: no program on PATH, an empty cache, no site that answers.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-"));
  vi.stubEnv("PATH", join(folder, "bin"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  vi.stubEnv("PULUMI_RELEASES", "");
  vi.stubGlobal("fetch", () => Promise.reject(new Error("no network")));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

function writeEngine(directory: string, version: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "pulumi"), `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
  writeFileSync(join(directory, "pulumi-language-nodejs"), "#!/bin/sh\n", { mode: 0o755 });
}

test("an engine of the right version on PATH is taken", async () => {
  writeEngine(join(folder, "bin"), cliVersion);
  expect(await ensureEngine(silent)).toEqual({ binDirectory: join(folder, "bin") });
});

test("an engine of another version on PATH is not, the cache's is", async () => {
  writeEngine(join(folder, "bin"), "3.1.0");
  const cached = join(folder, "cache", "team-runtime", "engine", cliVersion);
  writeEngine(cached, cliVersion);
  expect(await ensureEngine(silent)).toEqual({ binDirectory: cached });
});

test("when nothing can be had, the sentence says what was tried and how to provide a mirror", async () => {
  vi.stubEnv("PULUMI_RELEASES", join(folder, "mirror"));
  const failure = await ensureEngine(silent).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(UserError);
  const { message } = failure as UserError;
  for (const part of [
    "PATH:",
    "PULUMI_RELEASES",
    "the official release site: no network",
    "Go is not installed",
    "Fix:",
  ]) {
    expect(message).toContain(part);
  }
});
