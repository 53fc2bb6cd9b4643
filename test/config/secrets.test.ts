import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { formatProblem } from "../../config/problem";
import { createMask, findSecrets } from "../../config/secrets";
import { changed, keyLine, parse, validText } from "./sample";

/** A real private key, which everybody has. */
const privateKey = readFileSync(join(projectRoot, "sandbox", "laptops", "wes"), "utf8").trim();

const fill = (length: number): string => "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA".repeat(4).slice(0, length);

const secrets: readonly (readonly [kind: string, secret: string, body: string])[] = [
  ["a GitHub token", `ghp_${fill(36)}`, fill(36)],
  ["a fine-grained GitHub token", `github_pat_${fill(22)}_${fill(59)}`, fill(22)],
  ["an Anthropic key", `sk-ant-api03-${fill(80)}`, fill(80)],
  ["an OpenAI key", `sk-proj-${fill(40)}`, fill(40)],
  ["an older OpenAI key", `sk-${fill(48)}`, fill(48)],
  ["a Hetzner token", fill(64), fill(64)],
  ["an AWS key", "AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"],
  ["a Slack token", `xoxb-123456789012-${fill(24)}`, fill(24)],
  ["a GitLab token", `glpat-${fill(20)}`, fill(20)],
  ["a Google key", `AIza${fill(35)}`, fill(35)],
  ["a package registry token", `npm_${fill(36)}`, fill(36)],
  ["a Hugging Face token", `hf_${fill(34)}`, fill(34)],
  ["a Pulumi token", `pul-${"0123456789abcdef".repeat(3).slice(0, 40)}`, "0123456789abcdef0123"],
  ["a web token", `eyJ${fill(30)}.eyJ${fill(30)}.${fill(40)}`, fill(30)],
  [
    "an age key",
    `AGE-SECRET-KEY-1${"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2).slice(0, 58)}`,
    "QPZRY9X8GF2TVDW0",
  ],
  ["a Stripe key", `sk_live_${fill(24)}`, fill(24)],
  ["a DigitalOcean token", `dop_v1_${"0123456789abcdef".repeat(4)}`, "0123456789abcdef0123"],
  ["a SendGrid key", `SG.${fill(22)}.${fill(43)}`, fill(22)],
  ["a Vault token", `hvs.${fill(64)}`, fill(64)],
  ["a Databricks token", `dapi${"0123456789abcdef".repeat(2)}`, "0123456789abcdef"],
  ["a Terraform token", `${fill(14)}.atlasv1.${fill(60)}`, fill(60)],
  ["a Telegram bot's token", `123456789:AA${fill(33)}`, fill(33)],
  ["a Discord bot's token", `MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.${fill(27)}`, fill(27)],
  ["an Azure key", `DefaultEndpointsProtocol=https;AccountKey=${fill(86)}==`, fill(86)],
  [
    "a header with a password",
    "Authorization: Basic d2VzOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==",
    "d2VzOmNvcnJlY3Q",
  ],
  ["a password with its name", "password: hunter2hunter2", "hunter2hunter2"],
  ["the hash of a password", `$2b$12$${fill(53)}`, fill(53)],
  ["a password in a URL", "https://wes:correct-horse-battery@example.com/", "correct-horse-battery"],
];

/** Places of a file where something can be pasted. */
const places: readonly (readonly [place: string, put: (secret: string) => string])[] = [
  ["as a key", (secret) => changed(keyLine("wes-tablet"), `"${secret}"`)],
  ["as a login", (secret) => changed("  nadia:\n", `  "${secret}":\n`)],
  ["as an unknown key", (secret) => changed("reason:", `"${secret}":`)],
  ["as a lead", (secret) => changed("lead: marcus", `lead: "${secret}"`)],
  ["as a mode", (secret) => changed("mode: watch", `mode: "${secret}"`)],
  ["as a reason", (secret) => changed("reason: onboarding", `reason: "see ${secret}"`)],
  ["as a server type", (secret) => changed("cpx31", `"${secret}"`)],
  ["as an end", (secret) => changed("until: 2026-12-31T23:59:59Z", `until: "${secret}"`)],
  ["as a uid", (secret) => changed("uid: 3000", `uid: "${secret}"`)],
  ["in a comment", (secret) => changed("grants:", `grants: # ${secret}`)],
  ["after a line that is not YAML", (secret) => `${validText}\t: : "${secret}\n`],
  ["where the file ends", (secret) => `${validText}${secret}`],
  ["as the whole file", (secret) => secret],
  ["twice", (secret) => changed("lead: marcus\n    over: wes", `lead: "${secret}"\n    over: "${secret}"`)],
];

/** All that is shown for a text. */
function shown(text: string): string {
  const result = parse(text);
  if (result.ok) throw new Error("The secret was accepted.");
  return [...result.problems, ...result.warnings].map(formatProblem).join("\n");
}

/** No run of the secret that is long enough to help anybody. */
function expectHidden(message: string, body: string): void {
  for (let index = 0; index + 8 <= body.length; index++)
    expect(message).not.toContain(body.slice(index, index + 8));
}

describe.each(secrets)("%s", (_kind, secret, body) => {
  test.each(places)("%s: is named as leaked and never shown", (_place, put) => {
    const message = shown(put(secret));
    expect(message).toContain("consider it leaked");
    expectHidden(message, body);
  });
});

describe("a private key", () => {
  const bodyLines = privateKey.split("\n").slice(1, -1);
  const indent = (text: string): string => text.replaceAll("\n", "\n        ");
  test.each([
    ["as a block", changed(keyLine("wes-tablet"), `|\n        ${indent(privateKey)}`)],
    ["as a folded block", changed(keyLine("wes-tablet"), `>\n        ${indent(privateKey)}`)],
    ["as quoted text", changed(keyLine("wes-tablet"), JSON.stringify(privateKey))],
    [
      "without its last line",
      changed(keyLine("wes-tablet"), `|\n        ${indent(privateKey.split("\n").slice(0, -1).join("\n"))}`),
    ],
    [
      "without its first line",
      changed(keyLine("wes-tablet"), `|\n        ${indent(privateKey.split("\n").slice(1).join("\n"))}`),
    ],
    ["as the middle of its body alone", changed(keyLine("wes-tablet"), bodyLines[1] ?? "")],
    ["as it is, in the middle of the file", changed("grants:", `${privateKey}\ngrants:`)],
    ["as the whole file", privateKey],
    ["as comments", changed("grants:", `${privateKey.replaceAll(/^/gm, "# ")}\ngrants:`)],
    [
      "one list entry for each line",
      changed(keyLine("wes-tablet"), privateKey.split("\n").join("\n      - ")),
    ],
    ["with the line ends of Windows", changed("grants:", `${privateKey}\ngrants:`).replaceAll("\n", "\r\n")],
  ])("%s: is named as leaked and never shown", (_form, text) => {
    const message = shown(text);
    expect(message).toContain("leaked");
    for (const line of bodyLines) expectHidden(message, line);
  });
});

describe("a token of no known form", () => {
  const tokens = [fill(32), fill(43), `${fill(21)}_${fill(21)}`, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];
  test.each(tokens.slice(0, 2).concat(tokens.slice(3)))("%s is refused in text for people", (token) => {
    for (const text of [
      changed("reason: onboarding", `reason: see ${token}`),
      changed("name: Wes Example", `name: Wes ${token}`),
    ]) {
      const message = shown(text);
      expect(message).toContain("looks like a secret: consider it leaked");
      expectHidden(message, token);
    }
  });

  test.each(tokens)("%s is not shown where it is refused anyway", (token) => {
    for (const [, put] of places.slice(1, 5)) expectHidden(shown(put(token)), token);
  });
});

describe("what is not a secret", () => {
  test.each([
    "onboarding-2026-q4-team-a1-of-the-payments-group",
    "reverts 0123456789abcdef0123456789abcdef01234567",
    "https://example.com/Projects/TeamRuntime/Issues/12345/Comments/Number7",
    "key SHA256:VgzBQ6wsRmcx5/tL+o5qsgblkXLFuAqys3UQZ5rWetw",
    "the password policy of 2026: see the handbook",
  ])("the reason %j", (reason) => {
    const result = parse(changed("reason: onboarding", `reason: ${JSON.stringify(reason)}`));
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
  });

  test("public keys", () => {
    expect(findSecrets(Array.from({ length: 500 }, (_, index) => keyLine(`p${index}`)).join("\n"))).toEqual(
      [],
    );
  });

  test("the committed team file", () => {
    expect(findSecrets(readFileSync(join(projectRoot, "team.dev.yaml"), "utf8"))).toEqual([]);
  });
});

test("the last wall hides a secret in a message that shows it", () => {
  const mask = createMask([`ghp_${fill(36)}`]);
  expectHidden(mask(`The value ghp_${fill(36)} is wrong.`), fill(36));
  expect(mask("The login is wrong.")).toBe("The login is wrong.");
});
