import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderSshConfig, type LaptopKey, type SshClientConfig } from "../../components/ssh-client-config";
import { plan } from "../../config/plan";
import { keyLine, teamOf, validText } from "./sample";

const { servers } = plan(teamOf(validText));

function configOf(
  name: string,
  address = "192.0.2.11",
  hostKey = keyLine("host"),
  key: LaptopKey = {},
): SshClientConfig {
  const own = servers.find((server) => server.name === name);
  if (own === undefined) throw new Error(`No server ${name}.`);
  return renderSshConfig(own.owner ?? "", own, { address, hostKey }, key);
}

test.each(["dev-wes", "dev-marcus"])("the files for the laptop of the owner of %s", async (name) => {
  const { config, knownHosts } = configOf(name);
  await expect(config).toMatchFileSnapshot(`../golden/${name}.ssh_config`);
  await expect(knownHosts).toMatchFileSnapshot(`../golden/${name}.known_hosts`);
});

describe("as ssh itself reads it", () => {
  let file: string;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ssh-"));
    file = join(folder, "config");
    // Below it stands what people have there already: the first value that ssh finds holds.
    const others =
      "Host *\n  ControlMaster auto\n  ControlPath ~/.ssh/%C\n  ForwardAgent yes\n  StrictHostKeyChecking no\n";
    writeFileSync(file, `${configOf("dev-marcus").config}\n${others}`);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const settings = (host: string): string[] =>
    execFileSync("ssh", ["-G", "-F", file, host], { encoding: "utf8" }).split("\n");

  test("the own server is reached directly, and no unknown key is trusted", () => {
    const own = settings("dev-marcus");
    expect(own).toEqual(
      expect.arrayContaining([
        "hostname 192.0.2.11",
        "user marcus",
        "hostkeyalias dev-marcus",
        "stricthostkeychecking true",
        "forwardagent no",
        "identitiesonly yes",
      ]),
    );
    expect(own.filter((line) => line.startsWith("remotecommand"))).toEqual([]);
  });

  test("a led server is reached through the own one, never as its owner", () => {
    expect(settings("dev-wes")).toEqual(
      expect.arrayContaining([
        "hostname 192.0.2.11",
        "user marcus",
        "hostkeyalias dev-marcus",
        "remotecommand ssh dev-wes",
        "requesttty true",
        "controlmaster false",
        "forwardagent no",
        "stricthostkeychecking true",
      ]),
    );
    // The path of an open connection: both aliases have the same address, and so would share one.
    expect(settings("dev-wes").filter((line) => line.startsWith("controlpath"))).toEqual([]);
    expect(settings("dev-marcus")).toContain("controlmaster auto");
  });

  test("a key that lives elsewhere is looked for there, in every block", () => {
    const key = { identityFile: "~/keys/team runtime.pub", identityAgent: "/run/user/1000/tpm agent.sock" };
    const elsewhere = join(folder, "elsewhere");
    writeFileSync(elsewhere, configOf("dev-marcus", "192.0.2.11", keyLine("host"), key).config);
    for (const host of ["dev-marcus", "dev-wes"]) {
      const lines = execFileSync("ssh", ["-G", "-F", elsewhere, host], { encoding: "utf8" }).split("\n");
      expect(lines).toEqual(
        expect.arrayContaining([
          "identityfile ~/keys/team runtime.pub",
          "identityagent /run/user/1000/tpm agent.sock",
          "identitiesonly yes",
        ]),
      );
    }
  });

  test.each(['a"b', "a\nProxyCommand sh", String.raw`C:\Users\wes`, ""])("the path %j is refused", (path) => {
    for (const key of [{ identityFile: path }, { identityAgent: path }])
      expect(() => configOf("dev-wes", "192.0.2.11", keyLine("host"), key)).toThrow("ssh_config cannot hold");
  });

  test("a server that is not led is not known", () => {
    expect(settings("dev-kim")).toContain("hostname dev-kim");
  });
});

describe("what comes from machines is refused unless it is what it should be", () => {
  test.each(["", "dev-wes", "1.2.3.4\nProxyCommand sh", "1.2.3"])("the address %j", (address) => {
    expect(() => configOf("dev-wes", address)).toThrow("no IP address for dev-wes");
  });
  test.each(["", "ssh-ed25519", `${keyLine("host")}\n* ${keyLine("other")}`])(
    "the host key %j",
    (hostKey) => {
      expect(() => configOf("dev-wes", "192.0.2.11", hostKey)).toThrow("no host key for dev-wes");
    },
  );
});
