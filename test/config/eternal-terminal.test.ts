import { describe, expect, test } from "vitest";
import { readEternalTerminal } from "../../config/eternal-terminal";

const release = { url: "https://example.com/et_7.0.0_amd64.deb", sha256: "ab".repeat(32) };
const right = { version: "7.0.0", x86_64: release };

test("a package for one processor or for both", () => {
  expect(readEternalTerminal(JSON.stringify(right))).toEqual({
    ok: true,
    value: { version: "7.0.0", architectures: { x86_64: release } },
  });
  const both = { ...right, aarch64: { ...release, url: "https://mirror.example:8443/et/arm64.deb" } };
  expect(readEternalTerminal(JSON.stringify(both))).toMatchObject({
    ok: true,
    value: { architectures: { aarch64: { url: "https://mirror.example:8443/et/arm64.deb" } } },
  });
});

test("nothing where nothing is set", () => {
  expect(readEternalTerminal(undefined)).toEqual({ ok: true, value: undefined });
});

describe("refused, with a command that sets it right", () => {
  const withUrl = (url: unknown): unknown => ({ ...right, x86_64: { ...release, url } });
  const withHash = (sha256: unknown): unknown => ({ ...right, x86_64: { ...release, sha256 } });

  test.each<[what: string, value: unknown, sentence: RegExp]>([
    ["what is no map", ["7.0.0"], /is not a map/],
    ["a text by itself", "https://example.com/et.deb", /is not a map/],
    ["no version", { x86_64: release }, /version of Eternal Terminal is missing/],
    [
      "a version that YAML took for a number",
      { ...right, version: 7 },
      /version of Eternal Terminal is not a text/,
    ],
    ["a version that is a path", { ...right, version: "../7" }, /"..\/7" is not a version/],
    ["no package", { version: "7.0.0" }, /No package is named for any processor/],
    ["a processor that no server has", { ...right, amd64: release }, /The key "amd64" is not known here/],
    ["no URL", withUrl(undefined), /URL of the package for x86_64 is missing/],
    ["a URL without encryption", withUrl("http://example.com/et.deb"), /does not start with https:/],
    ["a path", withUrl("/srv/et.deb"), /does not start with https:/],
    [
      "a password in the URL",
      withUrl("https://wes:hunter2@example.com/et.deb"),
      /has a name or a password in it/,
    ],
    ["a name in the URL", withUrl("https://token@example.com/et.deb"), /has a name or a password in it/],
    ["a token in the query", withUrl("https://example.com/et.deb?token=hunter2"), /not a plain one/],
    ["a line break in the URL", withUrl("https://example.com/et.deb\nx"), /not a plain one/],
    ["no hash", withHash(undefined), /SHA-256 of the package for x86_64 is not one/],
    ["a hash of another kind", withHash("ab".repeat(20)), /SHA-256 of the package for x86_64 is not one/],
    ["a hash in capitals", withHash("AB".repeat(32)), /SHA-256 of the package for x86_64 is not one/],
  ])("%s", (_what, value, sentence) => {
    const reading = readEternalTerminal(JSON.stringify(value));
    if (reading.ok) throw new Error("It was taken.");
    expect(reading.finding.sentence).toMatch(sentence);
    expect(`${reading.finding.sentence}${reading.finding.fix}`).not.toContain("hunter2");
    expect(reading.finding.fix).not.toBe("");
  });

  test("what is not JSON", () => {
    expect(readEternalTerminal("{")).toMatchObject({ ok: false });
  });
});
