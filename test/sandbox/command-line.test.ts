import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../config/project-root";
import { run, type ProgramResult } from "../../engine/run";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";

/** Proves that the commands pass on what they are given, and their programs' exit codes. */
describe("npm run sandbox --", () => {
  let started: TestSandbox;

  beforeAll(async () => {
    started = await startSandbox("command-line");
    await started.boot("dev-wes");
  });
  afterAll(async () => {
    await started.remove();
  });

  const sandbox = (...args: readonly string[]): Promise<ProgramResult> =>
    run(process.execPath, [join(projectRoot, "dist", "sandbox", "main.js"), ...args], {
      env: { ...process.env, TEAM_RUNTIME_SANDBOX: started.instance.name },
    });

  it("exec leaves flags, spaces and the exit code alone", async () => {
    const script = 'printf "%s|" "$@"; exit 7';
    const result = await sandbox("exec", "sh", "-c", script, "sh", "--diff", "--help", "a  b", "--", "-x");
    expect(result).toMatchObject({ code: 7, stdout: "--diff|--help|a  b|--|-x|" });
  });

  it("exec gives the sandbox's environment and not the caller's SSH agent", async () => {
    const { stdout } = await sandbox("exec", "env");
    expect(stdout).toContain(`HCLOUD_ENDPOINT=http://127.77.${String(started.instance.number)}.1:7780/v1\n`);
    expect(stdout).toContain(`PULUMI_BACKEND_URL=file://${started.instance.directory}/`);
    expect(stdout).not.toContain("SSH_AUTH_SOCK=");
  });

  it("root runs a command as root in the machine, with its exit code", async () => {
    expect(await sandbox("root", "dev-wes", "sh", "-c", "id -un; hostname; exit 3")).toMatchObject({
      code: 3,
      stdout: "root\ndev-wes\n",
    });
    expect(await sandbox("root", "dev-nobody", "id")).toMatchObject({
      code: 1,
      stderr: "The sandbox has no server dev-nobody. It has dev-wes.\n",
    });
  });

  it("status shows what runs", async () => {
    expect((await sandbox("status")).stdout).toMatch(/dev-wes {2}127\.77\.\d+\.11 {2}running {2}\d+ MiB\n$/);
  });

  it("poweron switches on what was powered off from inside; until then root says so", async () => {
    const isOn = async (): Promise<boolean> => (await sandbox("root", "dev-wes", "true")).code === 0;
    await sandbox("root", "dev-wes", "systemctl", "poweroff");
    await until(
      async () => !(await isOn()),
      60,
      () => "The machine does not power off.",
    );
    expect((await sandbox("root", "dev-wes", "true")).stderr).toBe(
      "The server dev-wes is off. Fix: switch it on with `npm run sandbox -- poweron dev-wes`.\n",
    );
    expect((await sandbox("status")).stdout).toMatch(/dev-wes {2}127\.77\.\d+\.11 {2}off\n$/);
    expect(await sandbox("poweron", "dev-wes")).toMatchObject({ code: 0, stderr: "dev-wes is on.\n" });
    expect(await isOn()).toBe(true);
    expect((await sandbox("poweron", "dev-nobody")).stderr).toContain("no server dev-nobody");
  });
});
