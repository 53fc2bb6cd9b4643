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

describe("what is not a secret", () => {
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
