import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../../engine/progress";
import { askDocker } from "../../sandbox/docker/docker";
import { ensureDockerImage } from "../../sandbox/docker/image";
import { openDockerNetwork } from "../../sandbox/docker/network";

const progress: Progress = { note: () => undefined, step: (_title, work) => work() };

/** Proves what is said where Docker cannot be used, with a `docker` of the test's own as the only program on PATH. */
describe("a Docker", () => {
  const path = process.env["PATH"];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "docker-"));
    symlinkSync("/bin/bash", join(folder, "bash"));
    process.env["PATH"] = folder;
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  /** A docker that notes its words; `script` has them as "$*". */
  function fakeDocker(script: string): void {
    writeFileSync(
      join(folder, "docker"),
      `#!/bin/sh
echo "$*" >>${folder}/calls
${script}
`,
      { mode: 0o755 },
    );
  }
  const calls = (): readonly string[] => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

  it("that answers may be used", async () => {
    fakeDocker("echo 20.10.24");
    expect(await askDocker()).toBeUndefined();
  });

  it.each([
    ["is not installed", undefined, "There is no docker on PATH. Fix: install Docker (Debian: docker.io)"],
    [
      "refuses this user",
      'echo "Got permission denied while trying to connect to the Docker daemon socket" >&2; exit 1',
      "Docker does not let this user in. Fix: join its group",
    ],
    [
      "does not run",
      'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2; exit 1',
      "Docker does not answer (Cannot connect to the Docker daemon at unix:///var/run/docker.sock.). Fix: start it",
    ],
  ])("that %s is told apart, with what to do", async (_case, script, message) => {
    if (script !== undefined) fakeDocker(script);
    expect(await askDocker()).toContain(message);
  });

  it("whose bridges are not on this host is refused, and gets its network back", async () => {
    fakeDocker(
      `case $* in
"network ls"*) ! grep --quiet "^network create" ${folder}/calls || echo abc ;;
esac`.replace("grep --quiet", "/bin/grep -q"),
    );
    const instance = { name: "test-nowhere", number: 253, directory: "/nowhere" };
    await expect(openDockerNetwork(instance, "image")).rejects.toThrow(
      "Docker answers, but its machines are not on this host's network, as with Docker Desktop",
    );
    expect(calls().at(-1)).toBe("network rm abc");
    expect(calls().some((words) => words.startsWith("run"))).toBe(false);
  });

  it("that gets no image, for a user who can build none, leads to every way to have one", async () => {
    fakeDocker(`case $* in
run*) echo "docker: no registry answers." >&2; exit 125 ;;
import*) /bin/cat >/dev/null ;;
esac`);
    await expect(ensureDockerImage(progress, false)).rejects.toThrow(
      /^The image of the machines could not be made in a container of debian:bookworm:\ndocker: no registry answers\.\nFix: install mmdebstrap and uidmap, .*`docker save team-runtime-sandbox:[0-9a-f]{16}`/,
    );
    // What was imported of nothing is gone.
    expect(calls().at(-1)).toMatch(/^rmi team-runtime-sandbox:/);
  });
});
