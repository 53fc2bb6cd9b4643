import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../../engine/progress";
import { ensureHostTools } from "../../sandbox/image/host-tools";

const progress: Progress = { note: () => undefined, step: (_title, work) => work() };
const tools = { "test-tool": "test-package" };

/** Proves how missing programs are got, with an apt-get of the test's own in front on PATH. */
describe("programs that this host lacks", () => {
  const path = process.env["PATH"] ?? "";
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "host-tools-"));
    process.env["PATH"] = `${folder}${delimiter}${path}`;
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  /** An apt-get that notes each call; `script` may use $command, $calls (how many there were) and $folder. */
  function fakeAptGet(script: string): void {
    const text = `#!/bin/sh
folder=${folder}
for word; do case $word in install|update) command=$word ;; esac; done
echo "$command" >>"$folder/calls"
calls=$(wc -l <"$folder/calls")
${script}
`;
    writeFileSync(join(folder, "apt-get"), text, { mode: 0o755 });
  }
  const calls = (): readonly string[] =>
    existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];

  it("are installed, without fetching package lists where those that are there do", async () => {
    fakeAptGet('touch "$folder/test-tool"');
    await ensureHostTools(progress, tools);
    expect(calls()).toEqual(["install"]);
    await ensureHostTools(progress, tools);
    expect(calls()).toEqual(["install"]);
  });

  it("are installed with fresh package lists where there are none", async () => {
    fakeAptGet(
      '[ "$command" = update ] && touch "$folder/lists"; [ -e "$folder/lists" ] || exit 100; touch "$folder/test-tool"',
    );
    await ensureHostTools(progress, tools);
    expect(calls()).toEqual(["install", "update", "install"]);
  });

  it("are waited for while another apt-get runs", async () => {
    fakeAptGet(
      '[ $calls -gt 2 ] || { echo "E: Could not get lock /var/lib/apt/lists/lock." >&2; exit 100; }; touch "$folder/test-tool"',
    );
    await ensureHostTools(progress, tools);
    expect(calls()).toEqual(["install", "install", "install"]);
  });

  it("are named, with apt-get's own words, where they cannot be had", async () => {
    fakeAptGet(
      '[ "$command" = update ] || { echo "E: Unable to locate package test-package" >&2; exit 100; }',
    );
    await expect(ensureHostTools(progress, tools)).rejects.toThrow(
      "This host lacks test-tool (Debian packages: test-package), and apt-get cannot install them:\nE: Unable to locate package test-package\nFix: ",
    );
  });

  it("are named where apt-get installs something else", async () => {
    fakeAptGet("exit 0");
    await expect(ensureHostTools(progress, tools)).rejects.toThrow(
      "apt-get installed test-package, yet test-tool cannot be found on PATH.",
    );
  });
});
