import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../../engine/run";
import { developmentTeam, type Team } from "../support/team";

let team: Team;

const passwords = async (): Promise<Readonly<Record<string, string>>> => {
  const { stdout } = await team.pulumi("stack", "output", "consolePasswords", "--json", "--show-secrets");
  return JSON.parse(stdout) as Record<string, string>;
};

// su(1) would ask PAM, and is closed to everybody but root, who passes without a password.
const compare =
  'import crypt, spwd, sys; kept = spwd.getspnam("root").sp_pwdp; print(crypt.crypt(sys.stdin.readline().rstrip(), kept) == kept)';

/** Whether this is root's password on the server, by the library that a login at the console asks (crypt(3)). */
async function opens(server: string, password: string): Promise<boolean> {
  return (await team.rootWithInput(server, `python3 -c '${compare}'`, `${password}\n`)).trim() === "True";
}

beforeAll(async () => {
  team = await developmentTeam();
});

/** Proves docs/runbook.md, "SSH opens nothing", as far as there is a console: the password that the stack holds is root's. */
describe("the console password", () => {
  test("is root's on its own server and on no other", async () => {
    const known = await passwords();
    for (const server of Object.keys(known)) {
      expect(await opens(server, known[server] ?? "")).toBe(true);
    }
    expect(await opens("dev-wes", known["dev-nadia"] ?? "")).toBe(false);
    expect(await opens("dev-wes", "")).toBe(false);
  });

  test("opens nothing over SSH, to nobody", async () => {
    const address = await team.addressOf("dev-wes");
    for (const login of ["root", "wes"]) {
      const options = [
        "BatchMode=yes",
        "PubkeyAuthentication=no",
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
      ];
      const words = [
        "-F",
        "none",
        ...options.flatMap((option) => ["-o", option]),
        `${login}@${address}`,
        "id",
      ];
      const { code, stderr } = await run("ssh", words);
      expect([code, stderr]).toEqual([255, expect.stringMatching(/Permission denied \(publickey\)/)]);
    }
  });

  test("is shown in no preview and no output that was not asked for", async () => {
    const known = Object.values(await passwords());
    const { stdout } = await team.pulumi("stack", "output");
    for (const password of known) expect(stdout).not.toContain(password);
  });

  test("is another one after one line, on that server alone", async () => {
    const before = await passwords();
    const { code } = await team.pulumi("up", "--yes", "--skip-preview", "--replace", "**::dev-wes-console");
    expect(code).toBe(0);
    const after = await passwords();
    expect(after["dev-wes"]).not.toBe(before["dev-wes"]);
    expect(after["dev-nadia"]).toBe(before["dev-nadia"]);
    expect(await opens("dev-wes", after["dev-wes"] ?? "")).toBe(true);
    expect(await opens("dev-wes", before["dev-wes"] ?? "")).toBe(false);
    expect(await team.preview()).toEqual([]);
  });
});
