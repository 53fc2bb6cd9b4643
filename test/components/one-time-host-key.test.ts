import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hostKeyFromSeed } from "../../components/one-time-host-key";

const golden = (name: string): string => readFileSync(join(__dirname, "..", "golden", name), "utf8");

// Proves that OpenSSH itself reads the private key file and finds the same public key in it.
test("ssh-keygen reads the key of any seed and agrees about its public half", () => {
  const folder = mkdtempSync(join(tmpdir(), "one-time-host-key-"));
  try {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const pair = hostKeyFromSeed(Buffer.from(seed));
        const file = join(folder, "key");
        writeFileSync(file, pair.privateKey, { mode: 0o600 });
        expect(execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim()).toBe(
          pair.publicKey,
        );
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the same seed gives the same text, another seed another key", () => {
  const seed = Buffer.alloc(32, 1);
  expect(hostKeyFromSeed(seed)).toEqual(hostKeyFromSeed(seed));
  expect(hostKeyFromSeed(Buffer.alloc(32, 2)).publicKey).not.toBe(hostKeyFromSeed(seed).publicKey);
});

test.each([
  ["all zeros", Buffer.alloc(32, 0)],
  ["all ones, beyond the order of the curve", Buffer.alloc(32, 0xff)],
])("a seed that is no private key of the curve makes one too: %s", (_what, seed) => {
  expect(hostKeyFromSeed(seed).publicKey).toMatch(/^ecdsa-sha2-nistp256 [A-Za-z0-9+/]{139}=$/);
});

test("a known seed makes exactly the committed key pair", () => {
  const pair = hostKeyFromSeed(Buffer.alloc(32, 1));
  expect(pair.privateKey).toBe(golden("one-time-host-key.key"));
  expect(`${pair.publicKey}\n`).toBe(golden("one-time-host-key.pub"));
});

test("a seed of another length is refused", () => {
  expect(() => hostKeyFromSeed(Buffer.alloc(31))).toThrow("32 bytes, not 31");
});
