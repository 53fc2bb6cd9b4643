import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDeployKey } from "../../config/deploy-key";
import { projectRoot } from "../../config/project-root";
import { formatSettingProblem, readSettings, type RawSettings } from "../../config/settings";

let folder: string;
let ownKey: string;
let ownPublicKey: string;
const throwawayKey = readFileSync(join(projectRoot, "sandbox", "laptops", "deploy"), "utf8");

/** A private key that ssh-keygen makes. */
function made(...options: readonly string[]): { privateKey: string; publicKey: string } {
  const file = join(mkdtempSync(join(folder, "pair-")), "id");
  execFileSync("ssh-keygen", ["-q", "-N", "", "-f", file, ...options]);
  return {
    privateKey: readFileSync(file, "utf8"),
    publicKey: readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" "),
  };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
  ({ privateKey: ownKey, publicKey: ownPublicKey } = made("-t", "ed25519"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const token = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA".repeat(2);

function raw(change: Partial<RawSettings> = {}): RawSettings {
  return {
    ...{
      stack: "prod",
      token,
      endpoint: undefined,
      location: undefined,
      deployKey: ownKey,
      otherDeployKey: undefined,
      teamFile: undefined,
    },
    ...{
      protection: undefined,
      forget: undefined,
      sshFrom: undefined,
      sshWait: undefined,
      hostKeys: undefined,
      gitTokens: undefined,
      eternalTerminal: undefined,
    },
    ...change,
  };
}

function problemsOf(change: Partial<RawSettings>): string[] {
  const result = readSettings(raw(change));
  return result.ok ? [] : result.problems.map(formatSettingProblem);
}

test("what holds when only the token and the deploy key are set", () => {
  expect(readSettings(raw())).toEqual({
    ok: true,
    settings: {
      isSandbox: false,
      teamFile: "team.prod.yaml",
      location: "fsn1",
      deployPublicKey: ownPublicKey,
      protection: true,
      sshFrom: ["0.0.0.0/0", "::/0"],
      sshWait: 480,
      hostKeys: {},
      gitTokens: new Map(),
      forget: [],
    },
  });
});

test("a second deploy key, without its comment", () => {
  expect(readSettings(raw({ otherDeployKey: `${ownPublicKey} deploy@laptop\n` }))).toMatchObject({
    ok: true,
    settings: { otherDeployKey: ownPublicKey },
  });
});

test("lists as Pulumi stores them, and one value by itself", () => {
  expect(readSettings(raw({ sshFrom: '["2001:db8::/32","203.0.113.0/24"]', forget: "kim" }))).toMatchObject({
    ok: true,
    settings: { sshFrom: ["2001:db8::/32", "203.0.113.0/24"], forget: ["kim"] },
  });
});

test("a host key that was accepted by hand, without its comment", () => {
  expect(
    readSettings(raw({ hostKeys: JSON.stringify({ "dev-wes": `${ownPublicKey} root@dev-wes` }) })),
  ).toMatchObject({
    ok: true,
    settings: { hostKeys: { "dev-wes": ownPublicKey } },
  });
});

test("all problems at once, each with a command", () => {
  const problems = problemsOf({ token: "changeme", deployKey: "", sshWait: "1h", protection: "yes" });
  expect(problems.map((problem) => problem.split(":").slice(0, 2).join(":"))).toEqual([
    "hcloud:token",
    "team-runtime:deployKey",
    "team-runtime:protection",
    "team-runtime:sshWait",
  ]);
  for (const problem of problems) expect(problem).toMatch(/ Fix: .*`.*pulumi config set /);
});

describe("refused", () => {
  test.each<[what: string, change: Partial<RawSettings>, problem: string]>([
    ["no token", { token: undefined }, "hcloud:token: The API token is missing."],
    ["an empty token", { token: "  " }, "hcloud:token: The API token is missing."],
    ["a placeholder", { token: "changeme" }, "hcloud:token: The API token is a placeholder."],
    [
      "a short token",
      { token: token.slice(1) },
      "hcloud:token: The API token is not one of Hetzner Cloud: it has 63 characters",
    ],
    [
      "a token of one letter",
      { token: "x".repeat(64) },
      "hcloud:token: The API token is not one of Hetzner Cloud",
    ],
    [
      "the sandbox's token",
      { token: "sandbox-".repeat(8) },
      "hcloud:token: The API token is not one of Hetzner Cloud",
    ],
    ["an endpoint that is no URL", { endpoint: "sandbox" }, 'hcloud:endpoint: "sandbox" is not a URL.'],
    [
      "an endpoint without encryption",
      { endpoint: "http://api.example.com/v1" },
      "hcloud:endpoint: The endpoint is neither the local sandbox nor reached over https",
    ],
    [
      "a location that is none",
      { location: "Falkenstein" },
      'team-runtime:location: "Falkenstein" is not a location of Hetzner Cloud.',
    ],
    [
      "a wait that is too long",
      { sshWait: "541" },
      'team-runtime:sshWait: "541" is not a number of seconds from 10 to 540.',
    ],
    [
      "a wait that is too short",
      { sshWait: "9" },
      'team-runtime:sshWait: "9" is not a number of seconds from 10 to 540.',
    ],
    [
      "an address that is no network",
      { sshFrom: '["203.0.113.7"]' },
      'team-runtime:sshFrom: "203.0.113.7" is not a network',
    ],
    [
      "a prefix that is too long",
      { sshFrom: "203.0.113.0/33" },
      'team-runtime:sshFrom: "203.0.113.0/33" is not a network',
    ],
    ["no network at all", { sshFrom: "[]" }, "team-runtime:sshFrom: No network is let in"],
    [
      "networks that are numbers",
      { sshFrom: "[1]" },
      "team-runtime:sshFrom: The networks are not a list of texts.",
    ],
    [
      "people to forget who are no logins",
      { forget: '["Kim"]' },
      "team-runtime:forget: The people to forget are not a list of logins.",
    ],
    ["host keys that are a list", { hostKeys: "[]" }, "team-runtime:hostKeys: The host keys are not a map"],
    [
      "a host key with options",
      { hostKeys: '{"dev-wes":"@cert-authority x"}' },
      'team-runtime:hostKeys: The entry "dev-wes" is not a server with its ed25519 host key.',
    ],
    [
      "a host key of no server",
      { hostKeys: '{"wes":"ssh-ed25519 AAAA"}' },
      'team-runtime:hostKeys: The entry "wes" is not a server',
    ],
    [
      "another deploy key of a type that none may have",
      {
        otherDeployKey:
          "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDWDdwYTQ9gI5/pCiictbS3K6sxIjNzU8+laz+OaIqWp1fEpR5mIIJw/+9HXIga5yVM3pmlwwQ7bph6P18gFP0M=",
      },
      "team-runtime:otherDeployKey: The other deploy key is of type ecdsa-sha2-nistp256, not ssh-ed25519.",
    ],
    [
      "a private key as the other deploy key",
      { otherDeployKey: throwawayKey },
      "team-runtime:otherDeployKey: This is a private key",
    ],
    [
      "the sandbox's deploy key as the other one",
      { otherDeployKey: readFileSync(join(projectRoot, "sandbox", "laptops", "deploy.pub"), "utf8") },
      "team-runtime:otherDeployKey: The other deploy key is the throw-away key of the local sandbox",
    ],
    [
      "the sandbox's deploy key",
      { deployKey: throwawayKey },
      "team-runtime:deployKey: The deploy key is the throw-away key of the local sandbox",
    ],
  ])("%s", (_what, change, problem) => {
    expect(problemsOf(change)).toEqual([expect.stringContaining(problem)]);
  });

  test("and never shown", () => {
    const secret = `${token.slice(1)}!`;
    expect(problemsOf({ token: secret }).join()).not.toContain(secret.slice(0, 10));
  });
});

describe("the sandbox", () => {
  test.each(["http://127.77.1.1:7780/v1", "http://127.0.0.1/v1", "http://127.1:80/", "https://127.0.0.1"])(
    "is %s, with its keys and its token",
    (endpoint) => {
      const result = readSettings(raw({ endpoint, deployKey: throwawayKey, token: "sandbox-".repeat(8) }));
      expect(result).toMatchObject({ ok: true, settings: { isSandbox: true } });
    },
  );

  test.each([
    "https://api.hetzner.cloud/v1",
    "https://127.0.0.1@example.com/",
    "https://127.0.0.1.example.com/",
    "https://localhost/",
    "https://[::1]/",
  ])("is not %s, where its keys are refused", (endpoint) => {
    expect(problemsOf({ endpoint, deployKey: throwawayKey })).toEqual([
      expect.stringContaining("throw-away key"),
    ]);
    expect(readSettings(raw({ endpoint }))).toMatchObject({ ok: true, settings: { isSandbox: false } });
  });
});

describe("a deploy key", () => {
  const sentence = (text: string): string => {
    const reading = readDeployKey(text);
    return reading.ok ? "accepted" : reading.finding.sentence;
  };

  test("gives the public half that ssh-keygen gives", () => {
    const reading = readDeployKey(ownKey);
    expect(reading.ok && `${reading.value.type} ${reading.value.base64}`).toBe(ownPublicKey);
  });

  test("with line ends of Windows, or without the last one", () => {
    expect(sentence(ownKey.replaceAll("\n", "\r\n"))).toBe("accepted");
    expect(sentence(ownKey.trim())).toBe("accepted");
  });

  test.each<[what: string, text: () => string, sentence: string]>([
    [
      "a passphrase",
      () => made("-t", "ed25519", "-N", "secret phrase").privateKey,
      "The deploy key has a passphrase, and nobody is there to type it.",
    ],
    [
      "another type",
      () => made("-t", "ecdsa").privateKey,
      'The deploy key is of type "ecdsa-sha2-nistp256", not ssh-ed25519.',
    ],
    [
      "an older form",
      () => made("-t", "rsa", "-m", "PEM").privateKey,
      'This is a key in the older form "RSA PRIVATE KEY".',
    ],
    [
      "the public half",
      () => ownPublicKey,
      "This is the public half of a key pair; the private half is needed.",
    ],
    ["a placeholder", () => "changeme", "The deploy key is empty or a placeholder."],
    ["nothing", () => "", "The deploy key is empty or a placeholder."],
    [
      "a part",
      () => ownKey.split("\n").slice(0, 3).join("\n"),
      "This is not a private key in the form that ssh-keygen writes, or a part of it is missing.",
    ],
    ["a missing line", () => ownKey.split("\n").toSpliced(3, 1).join("\n"), "The private key is cut off."],
    [
      "the public half of another key",
      () => mixed(ownKey, throwawayKey),
      "The private key is damaged: its halves do not belong together.",
    ],
    ["a PuTTY key", () => "PuTTY-User-Key-File-3: ssh-ed25519", "This is a PuTTY key."],
  ])("with %s is refused, and nothing of it is shown", (_what, text, expected) => {
    expect(sentence(text())).toBe(expected);
    const shown = JSON.stringify(readDeployKey(text()));
    for (const line of text().split("\n").slice(1, -2)) expect(shown).not.toContain(line.slice(0, 12));
  });

  /** The private section of one key with the public half of another: both have the same length. */
  function mixed(one: string, other: string): string {
    const bytes = (text: string): Buffer => Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
    const halves = bytes(other);
    const start = halves.indexOf("ssh-ed25519");
    bytes(one).copy(halves, start + 15, start + 15, start + 47);
    const body = halves.toString("base64").replace(/(.{70})/g, "$1\n");
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  }
});
