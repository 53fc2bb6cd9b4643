import { describe, expect, test } from "vitest";
import { existsSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshArguments, withServerSsh } from "../../cli/server-ssh";

describe("ssh to a server", () => {
  const words = sshArguments({
    server: "dev-wes",
    at: { address: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" },
    keyFile: "/tmp/a b%/deploy",
    knownHosts: "/tmp/known",
    program: "audit",
  });

  test("pins the host key under the server's name and uses nothing of this machine", () => {
    expect(words.slice(0, 3)).toEqual(["-F", "none", "-T"]);
    for (const option of [
      "BatchMode=yes",
      "ConnectTimeout=10",
      "StrictHostKeyChecking=yes",
      "HostKeyAlias=dev-wes",
      "IdentityAgent=none",
      "ForwardAgent=no",
      'IdentityFile="/tmp/a b%%/deploy"',
    ]) {
      expect(words).toContain(option);
    }
  });

  test("names a program and no data", () => {
    expect(words.slice(-3)).toEqual(["--", "deploy@192.0.2.1", "sudo /usr/local/lib/team-runtime/audit"]);
  });
});

describe("the deploy key", () => {
  const folders = (): readonly string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith("team-runtime-ssh-"));

  test("lies in a folder of this user alone while the work goes on, and nowhere afterwards", async () => {
    const before = folders();
    let folder = "";
    const work = withServerSsh("secret", () => {
      folder = join(tmpdir(), folders().find((name) => !before.includes(name)) ?? "");
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, "deploy")).mode & 0o777).toBe(0o600);
      return Promise.reject(new Error("The work failed."));
    });
    await expect(work).rejects.toThrow("The work failed.");
    expect(existsSync(folder)).toBe(false);
  });

  test("opens nothing for a server that does not answer, which is told from one that does", async () => {
    const at = { address: "127.0.0.1", hostKey: "ssh-ed25519 AAAA" };
    const answer = await withServerSsh("no key", (ssh) => ssh.run("dev-nobody", at, "audit", "{}"));
    expect(answer).toMatchObject({ reached: false });
  });
});
