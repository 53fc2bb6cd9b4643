import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPublicKey } from "../../config/keys";
import { keyLine, wireString } from "./sample";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A key that ssh-keygen makes, with the fingerprint that it prints. */
function made(...options: readonly string[]): { line: string; fingerprint: string; privateKey: string } {
  const file = join(mkdtempSync(join(folder, "pair-")), "id");
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "a comment", "-f", file, ...options]);
  const fingerprint =
    execFileSync("ssh-keygen", ["-l", "-f", `${file}.pub`], { encoding: "utf8" }).split(" ")[1] ?? "";
  return {
    line: readFileSync(`${file}.pub`, "utf8").trim(),
    fingerprint,
    privateKey: readFileSync(file, "utf8"),
  };
}

function sentenceOf(line: string): string {
  const reading = readPublicKey(line);
  return reading.ok ? `accepted ${reading.value.fingerprint}` : reading.finding.sentence;
}

function lineOf(type: string, ...fields: readonly Buffer[]): string {
  return `${type} ${Buffer.concat([Buffer.from(type), ...fields].map(wireString)).toString("base64")}`;
}

describe("keys that may log in", () => {
  test.each([
    [["-t", "ed25519"]],
    [["-t", "ecdsa", "-b", "256"]],
    [["-t", "ecdsa", "-b", "384"]],
    [["-t", "ecdsa", "-b", "521"]],
    [["-t", "rsa", "-b", "3072"]],
  ])("made by ssh-keygen %j, with its fingerprint and without its comment", (options) => {
    const { line, fingerprint } = made(...options);
    const [type, base64] = line.split(" ");
    expect(readPublicKey(line)).toEqual({ ok: true, value: { type, base64, fingerprint } });
  });

  const application = Buffer.from("ssh:");
  const ed25519Point = Buffer.from(keyLine("wes").split(" ")[1] ?? "", "base64").subarray(-32);

  test("security keys", () => {
    expect(sentenceOf(lineOf("sk-ssh-ed25519@openssh.com", ed25519Point, application))).toMatch(
      /^accepted SHA256:/,
    );
    const ecdsa = Buffer.from(made("-t", "ecdsa").line.split(" ")[1] ?? "", "base64").subarray(-65);
    expect(
      sentenceOf(lineOf("sk-ecdsa-sha2-nistp256@openssh.com", Buffer.from("nistp256"), ecdsa, application)),
    ).toMatch(/^accepted SHA256:/);
  });

  test("security keys for something else than SSH may not", () => {
    expect(
      sentenceOf(lineOf("sk-ssh-ed25519@openssh.com", ed25519Point, Buffer.from("https://example.com"))),
    ).toMatch(/was not made for SSH/);
    expect(sentenceOf(lineOf("sk-ssh-ed25519@openssh.com", ed25519Point))).toMatch(/is cut off/);
  });

  test.each(["$(id)", "`id`", "'\"", "x".repeat(4096)])("a comment of %j is dropped", (comment) => {
    const reading = readPublicKey(`${keyLine("wes")} ${comment}`);
    expect(JSON.stringify(reading)).not.toContain(comment);
    expect(reading).toMatchObject({ ok: true });
  });
});

describe("keys that are too weak or of another kind", () => {
  test("RSA 2048", () => {
    expect(sentenceOf(made("-t", "rsa", "-b", "2048").line)).toMatch(
      /^This RSA key has 2048 bits, fewer than 3072/,
    );
  });

  test.each<[what: string, line: string, sentence: RegExp]>([
    ["DSA", "ssh-dss AAAAB3NzaC1kc3MAAACBAP", /^DSA keys \(ssh-dss\) are not supported/],
    [
      "a certificate",
      "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQ",
      /^This is a certificate/,
    ],
    [
      "the certificate of a security key",
      "sk-ssh-ed25519-cert-v01@openssh.com AAAA x",
      /^This is a certificate/,
    ],
    ["ed448", "ssh-ed448 AAAA", /is not a key type that may log in/],
    ["a signature algorithm", "rsa-sha2-512 AAAA", /is not a key type that may log in/],
  ])("%s", (_what, line, sentence) => {
    expect(sentenceOf(line)).toMatch(sentence);
  });
});

describe("what is not a key line", () => {
  const ed25519 = keyLine("wes");
  test.each<[what: string, line: string, sentence: RegExp]>([
    ["nothing", "  ", /^The key is empty/],
    ["options", `command="rm -rf /" ${ed25519}`, /^Options/],
    ["an address", `from="10.0.0.1" ${ed25519}`, /^Options/],
    ["an authority", `cert-authority ${ed25519}`, /^Options/],
    ["several options", `no-pty,restrict ${ed25519}`, /^Options/],
    ["an end", `expiry-time="20300101" ${ed25519}`, /^Options/],
    ["an option in capitals", `Command="x" ${ed25519}`, /^Options/],
    ["a list of types", ed25519.replace("ssh-ed25519", "ssh-ed25519,ssh-rsa"), /^Options|does not start/],
    ["too much padding", ed25519.replace(/ wes/, "= wes"), /is cut off in the middle of its base64/],
    ["a blank in its base64", ed25519.replace("AAAAC3", "AAAA C3"), /is cut off after 3 bytes/],
    ["a PGP key", "-----BEGIN PGP PUBLIC KEY BLOCK-----", /^This is a public key in another format/],
    ["a line of known_hosts", `dev-wes ${ed25519}`, /^Options \(or something else\)/],
    ["a path", "~/.ssh/id_ed25519.pub", /^This is the path of a file/],
    ["an absolute path", "/home/wes/.ssh/id_ed25519.pub", /^This is the path of a file/],
    ["a file name", "id_ed25519.pub", /^This is the path of a file/],
    ["a Windows path", "C:\\Users\\wes\\id.pub", /^This is the path of a file/],
    ["a URL", "https://example.com/wes.keys", /^This is a URL/],
    ["an account elsewhere", "gh:wes", /^This names an account elsewhere/],
    ["a fingerprint", "SHA256:VgzBQ6wsRmcx5/tL+o5qsgblkXLFuAqys3UQZ5rWetw", /^This is the fingerprint/],
    ["RFC 4716", "---- BEGIN SSH2 PUBLIC KEY ----", /^This is a public key in another format/],
    ["PEM", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA", /^This is a public key in another format/],
    ["the type in capitals", ed25519.replace("ssh-ed25519", "SSH-ED25519"), /must be lower case/],
    ["no type", ed25519.split(" ")[1] ?? "", /^The key type before the key material is missing/],
    ["a type alone", "ssh-ed25519", /no key material/],
    ["a word", "wes", /does not start with a key type/],
    ["two keys in one", `${ed25519}\n${keyLine("nadia")}`, /more than one line/],
    ["a tab", ed25519.replace(" ", "\t"), /contains U\+0009 \(tab\)/],
    ["an invisible character", ed25519.replace("AAAA", "AAAA\u200b"), /contains U\+200B/],
    ["a no-break space", ed25519.replace(" ", "\u00a0"), /contains U\+00A0/],
    ["letters of another script", ed25519.replace("AAAA", "ААAA"), /contains U\+0410/],
    ["more than any key", `${ed25519} ${"x".repeat(9000)}`, /more than any key/],
    ["base64 for URLs", ed25519.replace("AAAA", "A-_A"), /is not base64/],
  ])("%s", (_what, line, sentence) => {
    expect(sentenceOf(line)).toMatch(sentence);
  });

  test.each(["ed25519", "rsa", "ecdsa"])("a private key (%s), of which nothing is shown", (type) => {
    const { privateKey } = made("-t", type);
    const reading = readPublicKey(privateKey);
    expect(reading).toMatchObject({
      ok: false,
      finding: { sentence: "This is a private key: consider it leaked." },
    });
    for (const line of privateKey.split("\n").slice(1, -2))
      expect(JSON.stringify(reading)).not.toContain(line.slice(0, 12));
  });

  test("a PuTTY key", () => {
    expect(sentenceOf("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA")).toMatch(
      /^This is a private key/,
    );
  });
});

describe("key material that is not exactly a key", () => {
  const [type = "", base64 = ""] = keyLine("wes").split(" ");
  const blob = Buffer.from(base64, "base64");
  const encoded = (bytes: Buffer, as = type): string => `${as} ${bytes.toString("base64")}`;

  test.each<[what: string, line: string, sentence: RegExp]>([
    ["cut off", encoded(blob.subarray(0, 47)), /it is cut off after 47 bytes, and such a key has 51 bytes/],
    ["cut off within base64", `${type} ${base64.slice(0, -3)}`, /is cut off in the middle of its base64/],
    ["trailing bytes", encoded(Buffer.concat([blob, Buffer.from("x")])), /1 bytes follow its end/],
    [
      "another type inside",
      encoded(blob, "ssh-rsa"),
      /The line says ssh-rsa, but its key material is of type ssh-ed25519/,
    ],
    ["an unknown type inside", lineOf("x", blob).replace(/^x/, type), /names another type, "x"/],
    ["a length beyond the end", encoded(Buffer.from("ffffffff00", "hex")), /is cut off/],
    ["a point that is too short", lineOf(type, blob.subarray(-31)), /its point has 31 bytes, not 32/],
    [
      "a point that is too long",
      lineOf(type, Buffer.concat([blob.subarray(-32), Buffer.from("x")])),
      /its point has 33 bytes, not 32/,
    ],
    ["all zeros", lineOf(type, Buffer.alloc(32)), /all zeros/],
    [
      "a point of small order",
      lineOf(type, Buffer.from(`01${"00".repeat(31)}`, "hex")),
      /not one that a key pair can have/,
    ],
    [
      "a point of order eight",
      lineOf(type, Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "hex")),
      /not one that a key pair can have/,
    ],
    [
      "a point beside the curve",
      lineOf(type, Buffer.from(`02${"00".repeat(31)}`, "hex")),
      /not one that a key pair can have/,
    ],
    [
      "another curve",
      lineOf("ecdsa-sha2-nistp256", Buffer.from("nistp384"), Buffer.alloc(65, 4)),
      /on the curve "nistp384", not on nistp256/,
    ],
    [
      "an ecdsa point beside the curve",
      lineOf("ecdsa-sha2-nistp256", Buffer.from("nistp256"), Buffer.alloc(65, 4)),
      /not on the curve/,
    ],
    [
      "a compressed point",
      lineOf("ecdsa-sha2-nistp256", Buffer.from("nistp256"), Buffer.alloc(33, 2)),
      /not an uncompressed point of 65 bytes/,
    ],
    [
      "a negative modulus",
      lineOf("ssh-rsa", Buffer.from("010001", "hex"), Buffer.alloc(384, 0xff)),
      /not written as SSH writes them/,
    ],
    [
      "an even modulus",
      lineOf(
        "ssh-rsa",
        Buffer.from("010001", "hex"),
        Buffer.concat([Buffer.from("00", "hex"), Buffer.alloc(384, 0xfe)]),
      ),
      /none that RSA can work with/,
    ],
    [
      "an exponent of one",
      lineOf(
        "ssh-rsa",
        Buffer.from("01", "hex"),
        Buffer.concat([Buffer.from("00", "hex"), Buffer.alloc(384, 0xff)]),
      ),
      /none that RSA can work with/,
    ],
    [
      "a modulus that is too long",
      lineOf(
        "ssh-rsa",
        Buffer.from("010001", "hex"),
        Buffer.concat([Buffer.from("7f", "hex"), Buffer.alloc(2048, 0xff)]),
      ),
      /more than the 16384/,
    ],
  ])("%s", (_what, line, sentence) => {
    expect(sentenceOf(line)).toMatch(sentence);
  });
});
