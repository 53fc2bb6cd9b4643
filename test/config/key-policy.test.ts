import { describe, expect, test } from "vitest";
import { formatAccessText } from "../../cli/access-text";
import { renderAccessDocument } from "../../components/access-document";
import { keyKind } from "../../components/authorized-keys";
import { accessMatrix } from "../../config/access/matrix";
import { plan } from "../../config/plan";
import { readKeyLine } from "../../invariants/access-lines";
import { keyLine, now, p256KeyLine, parse, problemsOf, securityKeyLine, teamOf } from "./sample";

/** A team of one in which the keys are as given, as YAML. */
function teamText(policy: string, ...keys: readonly string[]): string {
  const entries = keys.map((key) => `      - ${key}\n`).join("");
  return `defaults: { server: { type: cx22 }, keyPolicy: ${policy} }\npeople:\n  wes:\n    keys:\n${entries}`;
}

const inEnclave = (key: string, enclave: string): string => `{ key: '${key}', enclave: ${enclave} }`;

/** One security key, and one in a Secure Enclave. */
const hardwareText = teamText("hardware", securityKeyLine("hand"), inEnclave(p256KeyLine, "secure-enclave"));

function linesOf(text: string): readonly (string | null)[] {
  const [server] = plan(teamOf(text)).servers;
  if (server === undefined) throw new Error("There is no server.");
  const { keys } = renderAccessDocument(server, { hopKeys: new Map(), addresses: new Map() });
  return Object.values(keys["wes"] ?? {});
}

describe("keyPolicy: hardware", () => {
  test("accepts security keys and keys that are marked with their enclave", () => {
    expect(problemsOf(hardwareText)).toEqual([]);
  });

  test.each([
    ["a key of a file", keyLine("wes"), "5:9: people.wes.keys[0]", "smart-card"],
    [
      "one that could live in any enclave",
      p256KeyLine,
      "5:9: people.wes.keys[0]",
      "secure-enclave | tpm | smart-card",
    ],
  ])("refuses %s, and says why and what to do", (_what, key, where, places) => {
    const result = parse(teamText("hardware", key, securityKeyLine("hand")));
    const [problem, ...others] = result.ok ? [] : result.problems;
    expect(others).toEqual([]);
    expect(`${String(problem?.line)}:${String(problem?.column)}: ${problem?.path ?? ""}`).toBe(where);
    expect(problem?.sentence).toContain(
      "may lie in a file, from which it can be copied; keyPolicy: hardware",
    );
    expect(problem?.fix).toContain("ssh-keygen -t ed25519-sk -O verify-required");
    expect(problem?.fix).toContain(`enclave: ${places} }`);
  });

  test("asks nothing of leavers, whose keys open nothing", () => {
    const leaver = `  kim: { left: 2026-03-01, keys: ['${keyLine("kim")}'] }\n`;
    expect(problemsOf(`${hardwareText}${leaver}`)).toEqual([]);
  });

  test("makes sshd ask each security key for its user, and no other key", async () => {
    const lines = linesOf(hardwareText);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../golden/hardware.wes.authorized_keys");
    for (const line of lines) expect(readKeyLine(line ?? "")).toMatchObject({ kind: "own", login: "wes" });
  });

  test("is seen in a preview, and so is a word that nothing proves", () => {
    const [server] = plan(teamOf(hardwareText)).servers;
    expect(server?.humans[0]?.keys.map(keyKind)).toEqual([
      "sk-ssh-ed25519@openssh.com (verify-required)",
      "ecdsa-sha2-nistp256 (secure-enclave, by its owner's word)",
    ]);
  });

  test("the gate knows the option for security keys alone", () => {
    const [line = ""] = linesOf(hardwareText);
    expect(readKeyLine(line ?? "")).toBeDefined();
    expect(readKeyLine(`verify-required ${keyLine("wes").split("@")[0] ?? ""}`)).toBeUndefined();
    expect(readKeyLine(`no-touch-required,${line ?? ""}`)).toBeUndefined();
  });

  test("is off by default: then no line has an option", () => {
    for (const policy of ["any", "hardware"]) {
      const text = teamText(policy, securityKeyLine("hand")).replace(", keyPolicy: any", "");
      expect(linesOf(text).map((line) => line?.split(" ")[0])).toEqual([
        policy === "any" ? "sk-ssh-ed25519@openssh.com" : "verify-required",
      ]);
    }
  });
});

describe("a key with its enclave", () => {
  test.each([
    [
      "an Ed25519 key in a Secure Enclave",
      inEnclave(keyLine("wes"), "secure-enclave"),
      "people.wes.keys[0].enclave: A key of type ssh-ed25519 cannot live in a Secure Enclave.",
    ],
    [
      "an Ed25519 key in a TPM",
      inEnclave(keyLine("wes"), "tpm"),
      "people.wes.keys[0].enclave: A key of type ssh-ed25519 cannot live in a TPM.",
    ],
    [
      "a security key, which says it by itself",
      inEnclave(securityKeyLine("hand"), "tpm"),
      "people.wes.keys[0].enclave: A key of type sk-ssh-ed25519@openssh.com cannot live in a TPM.",
    ],
    [
      "an enclave that does not exist",
      inEnclave(p256KeyLine, "tmp"),
      'people.wes.keys[0].enclave: "tmp" is not supported here. Did you mean "tpm"?',
    ],
    [
      "no enclave",
      `{ key: '${p256KeyLine}' }`,
      'people.wes.keys[0].enclave: Expected one of "secure-enclave", "tpm", "smart-card", got nothing.',
    ],
    ["no key", "{ enclave: tpm }", 'people.wes.keys[0].key: The key "key" is missing.'],
    [
      "a word that is not known",
      `{ key: '${p256KeyLine}', enclave: tpm, pin: yes }`,
      'people.wes.keys[0].pin: The key "pin" is not known here.',
    ],
    [
      "a key that is none",
      inEnclave("~/.ssh/id_ecdsa.pub", "tpm"),
      "people.wes.keys[0].key: This is the path of a file, not a key",
    ],
  ])("%s is refused", (_what, entry, problem) => {
    const problems = problemsOf(teamText("any", entry));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^5:\d+: /);
    expect(problems[0]).toContain(problem);
  });

  test("may be there without the policy, and is told as its owner's word", () => {
    const matrix = accessMatrix(teamOf(teamText("any", inEnclave(p256KeyLine, "tpm"))), now);
    expect(matrix.keysByWord).toEqual([
      { person: "wes", fingerprint: expect.stringMatching(/^SHA256:/) as unknown, enclave: "tpm" },
    ]);
    const text = formatAccessText(matrix, now).replaceAll("\n", " ");
    expect(text).toContain("Said to live in hardware by their owners, which nothing proves: wes SHA256:");
    expect(text).not.toContain("keyPolicy");
  });

  test("is told beside the policy", () => {
    const text = formatAccessText(accessMatrix(teamOf(hardwareText), now), now).replaceAll("\n", " ");
    expect(text).toContain("Only keys in hardware may log in (keyPolicy: hardware).");
    expect(text).toContain("(a Secure Enclave)");
  });
});
