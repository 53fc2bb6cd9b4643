import { createPublicKey } from "node:crypto";
import { isEd25519PublicKey } from "./ed25519-point";
import type { Finding } from "./problem";
import { show } from "./show";
import { TruncatedError, WireReader } from "./ssh-wire";

/** The types of keys that may log in, in the order of preference. */
export const keyTypes = [
  "ssh-ed25519",
  "sk-ssh-ed25519@openssh.com",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "ssh-rsa",
] as const;

export type KeyType = (typeof keyTypes)[number];

export function isKeyType(text: string): text is KeyType {
  return keyTypes.some((type) => type === text);
}

/** Sizes of RSA keys in bits: the least that is not weak (and `RequiredRSASize` on the servers), the most that OpenSSH takes. */
export const rsaBits = { least: 3072, most: 16384 } as const;

const pasteAgain = "Copy the whole line of the .pub file again.";
const makeAnother = "Make a key with: ssh-keygen -t ed25519";

/** What is wrong with the bytes of a key of this type, if anything (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, PROTOCOL.u2f). */
export function checkKeyBlob(type: KeyType, blob: Buffer): Finding | undefined {
  const reader = new WireReader(blob);
  try {
    const inner = reader.string().toString("latin1");
    if (inner !== type) {
      const found = isKeyType(inner) ? `is of type ${inner}` : `names another type, ${show(inner)}`;
      return { sentence: `The line says ${type}, but its key material ${found}.`, fix: pasteAgain };
    }
    const flaw = checkFields(type, reader);
    if (flaw !== undefined) return flaw;
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
    return {
      sentence: `This is not a valid ${type} key: it is cut off after ${blob.length} bytes${expected(type)}.`,
      fix: pasteAgain,
    };
  }
  if (reader.remaining === 0) return undefined;
  return {
    sentence: `This is not a valid ${type} key: ${reader.remaining} bytes follow its end${expected(type)}.`,
    fix: pasteAgain,
  };
}

function expected(type: KeyType): string {
  return type === "ssh-ed25519" ? ", and such a key has 51 bytes" : "";
}

function checkFields(type: KeyType, reader: WireReader): Finding | undefined {
  switch (type) {
    case "ssh-ed25519":
      return checkEd25519(type, reader.string());
    case "sk-ssh-ed25519@openssh.com":
      return checkEd25519(type, reader.string()) ?? checkApplication(reader.string());
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
      return checkEcdsa(type, type.slice("ecdsa-sha2-".length), reader);
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return checkEcdsa(type, "nistp256", reader) ?? checkApplication(reader.string());
    case "ssh-rsa":
      return checkRsa(reader.string(), reader.string());
  }
}

function checkEd25519(type: KeyType, point: Buffer): Finding | undefined {
  if (point.length !== 32) {
    return {
      sentence: `This is not a valid ${type} key: its point has ${point.length} bytes, not 32.`,
      fix: pasteAgain,
    };
  }
  if (point.every((byte) => byte === 0)) {
    return {
      sentence: `This is not a ${type} key: its point is all zeros, and everybody could log in with it.`,
      fix: makeAnother,
    };
  }
  if (isEd25519PublicKey(point)) return undefined;
  return {
    sentence: `This is not a valid ${type} key: its point is not one that a key pair can have.`,
    fix: pasteAgain,
  };
}

/** Security keys sign for an application; those made for SSH have one that starts with `ssh:` (ssh-keygen(1)). */
function checkApplication(application: Buffer): Finding | undefined {
  if (/^ssh:[\x21-\x7e]{0,128}$/.test(application.toString("latin1"))) return undefined;
  return {
    sentence: "This security key was not made for SSH: its application does not start with ssh:.",
    fix: "Make one with: ssh-keygen -t ed25519-sk",
  };
}

const curves = {
  nistp256: { jwk: "P-256", bytes: 32 },
  nistp384: { jwk: "P-384", bytes: 48 },
  nistp521: { jwk: "P-521", bytes: 66 },
} as const;

function checkEcdsa(type: KeyType, curve: string, reader: WireReader): Finding | undefined {
  const invalid = `This is not a valid ${type} key:`;
  const named = reader.string().toString("latin1");
  if (named !== curve || !(named in curves)) {
    return { sentence: `${invalid} it is on the curve ${show(named)}, not on ${curve}.`, fix: pasteAgain };
  }
  const { jwk, bytes } = curves[named as keyof typeof curves];
  const point = reader.string();
  if (point.length !== 1 + 2 * bytes || point[0] !== 4) {
    return {
      sentence: `${invalid} its point is not an uncompressed point of ${1 + 2 * bytes} bytes.`,
      fix: pasteAgain,
    };
  }
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)].map((part) =>
    part.toString("base64url"),
  );
  try {
    createPublicKey({ key: { kty: "EC", crv: jwk, x: x ?? "", y: y ?? "" }, format: "jwk" });
    return undefined;
  } catch {
    return { sentence: `${invalid} its point is not on the curve ${curve}.`, fix: pasteAgain };
  }
}

function checkRsa(exponent: Buffer, modulus: Buffer): Finding | undefined {
  const invalid = "This is not a valid ssh-rsa key:";
  if (!isPositive(exponent) || !isPositive(modulus)) {
    return { sentence: `${invalid} its numbers are not written as SSH writes them.`, fix: pasteAgain };
  }
  const bits = bitLength(modulus);
  if (bits < rsaBits.least) {
    return {
      sentence: `This RSA key has ${bits} bits, fewer than ${rsaBits.least}: RSA ${bits} < ${rsaBits.least}.`,
      fix: makeAnother,
    };
  }
  if (bits > rsaBits.most) {
    return {
      sentence: `This RSA key has ${bits} bits, more than the ${rsaBits.most} that OpenSSH takes.`,
      fix: makeAnother,
    };
  }
  if (!isOdd(modulus) || !isOdd(exponent) || bitLength(exponent) < 2 || exponent.length > 9) {
    return {
      sentence: `${invalid} its modulus or exponent is none that RSA can work with.`,
      fix: makeAnother,
    };
  }
  return undefined;
}

/** A positive `mpint` in its only form (RFC 4251, section 5): no sign bit, no needless leading zero. */
function isPositive(number: Buffer): boolean {
  const [first, second] = number;
  if (first === undefined || first >= 0x80) return false;
  return first !== 0 || (second !== undefined && second >= 0x80);
}

function bitLength(number: Buffer): number {
  return number.length === 0 ? 0 : BigInt(`0x${number.toString("hex")}`).toString(2).length;
}

function isOdd(number: Buffer): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1;
}
