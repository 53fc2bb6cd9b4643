import { createHash } from "node:crypto";
import type { Enclave } from "./enclaves";
import { checkKeyBlob, isKeyType, keyTypes } from "./key-blob";
import type { KeyType } from "./key-blob";
import { notAKeyLine } from "./key-mistakes";
import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";

/** A public key that may log in. The comment of the team file is dropped: it never reaches a host. */
export interface PublicKey {
  readonly type: KeyType;
  /** The key in the wire format, in base64, exactly as in the file. */
  readonly base64: string;
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 characters. */
  readonly fingerprint: string;
}

/** A public key of a person, with what the team file says of the place where its private half lives. */
export interface PersonalKey extends PublicKey {
  /** By the word of the person: nothing in a public key proves it. */
  readonly enclave?: Enclave;
}

/** Twice the longest RSA key that OpenSSH takes. */
const longestLine = 8192;

/** Several rules ask about the same key, and the point of an ed25519 key takes a millisecond to check. */
const readings = new Map<string, Reading<PublicKey>>();

/**
 * Reads one public key as it stands in an `id_….pub` file: type, base64, and a comment that is dropped.
 * No options, no certificates, no weak keys; the bytes must be exactly a key of that type.
 */
export function readPublicKey(line: string): Reading<PublicKey> {
  const known = readings.get(line);
  if (known !== undefined) return known;
  const reading = readNewKey(line);
  readings.set(line, reading);
  return reading;
}

function readNewKey(line: string): Reading<PublicKey> {
  const mistake = notAKeyLine(line);
  if (mistake !== undefined) return { ok: false, finding: mistake };
  const [type, base64] = line.split(/ +/).filter((word) => word !== "");
  const fix = "Copy the whole line of the .pub file again.";
  if (type === undefined || !isKeyType(type)) {
    return refuse(
      `${show(line)} does not start with a key type.`,
      `Paste a line that starts with ${keyTypes.join(", ")}.`,
    );
  }
  if (line.length > longestLine)
    return refuse(`The key line has ${line.length} characters, more than any key.`, fix);
  if (base64 === undefined) return refuse(`The ${type} key has no key material after its type.`, fix);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return refuse(`The key material of this ${type} key is not base64.`, fix);
  }
  const blob = Buffer.from(base64, "base64");
  if (blob.toString("base64") !== base64) {
    return refuse(`The key material of this ${type} key is cut off in the middle of its base64.`, fix);
  }
  const flaw = checkKeyBlob(type, blob);
  if (flaw !== undefined) return { ok: false, finding: flaw };
  return accept({ type, base64, fingerprint: fingerprintOf(blob) });
}

function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
