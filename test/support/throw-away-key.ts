import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key pair of somebody who is in no committed file. */
export interface KeyPair {
  /** Path of the private key. */
  readonly file: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

const folder = mkdtempSync(join(tmpdir(), "keys-"));

/** The key pair of that name, made once per run of a test file. */
export function throwAwayKey(name: string): KeyPair {
  const file = join(folder, name);
  if (!existsSync(file))
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
  return {
    file,
    privateKey: readFileSync(file, "utf8"),
    publicKey: readFileSync(`${file}.pub`, "utf8").trim(),
  };
}
