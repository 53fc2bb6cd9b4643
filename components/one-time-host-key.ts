import { createECDH } from "node:crypto";

/** A host key pair, in the forms in which sshd and a pinned connection want it. */
export interface HostKeyPair {
  /** OpenSSH private key file (`-----BEGIN OPENSSH PRIVATE KEY-----`). */
  readonly privateKey: string;
  /** `ecdsa-sha2-nistp256 AAAA…`, without a comment. */
  readonly publicKey: string;
}

const keyType = "ecdsa-sha2-nistp256";
/** The curve as SSH names it (RFC 5656, section 10.1), and as OpenSSL does. */
const curve = { ssh: "nistp256", openssl: "prime256v1" };
/** Number of points of the curve (FIPS 186-4, D.1.2.3): private keys are 1 to this minus 1. */
const curveOrder = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * The host key with which a new server answers its very first connections, made from 32 random bytes that are known
 * before the server exists: so those connections can be verified. Its type differs from that of the key that the server
 * makes for itself (`host/bin/identity`), and a client asks for the type that it has pinned: so both are served side by
 * side, and whoever was interrupted after the first connection can make it again. The bootstrap removes it in the first
 * connection over the server's own key, after which it is worth nothing.
 *
 * @param seed Exactly 32 bytes.
 */
export function hostKeyFromSeed(seed: Buffer): HostKeyPair {
  if (seed.length !== 32) throw new Error(`The seed of a host key has 32 bytes, not ${String(seed.length)}.`);
  const privateKey = privateKeyOf(seed);
  const pair = createECDH(curve.openssl);
  pair.setPrivateKey(privateKey);
  const point = pair.getPublicKey();
  const publicBlob = Buffer.concat([sshString(keyType), sshString(curve.ssh), sshString(point)]);
  return {
    privateKey: privateKeyFile(privateKey, point, publicBlob),
    publicKey: `${keyType} ${publicBlob.toString("base64")}`,
  };
}

/** Folds any 32 bytes into the range of private keys, so that no seed has to be refused. */
function privateKeyOf(seed: Buffer): Buffer {
  const number = (BigInt(`0x${seed.toString("hex")}`) % (curveOrder - 1n)) + 1n;
  return Buffer.from(number.toString(16).padStart(64, "0"), "hex");
}

/** The unencrypted form of OpenSSH's PROTOCOL.key. */
function privateKeyFile(privateKey: Buffer, point: Buffer, publicBlob: Buffer): string {
  // The check number only detects a wrong passphrase; there is none, so a constant keeps the text the same each time.
  const check = Buffer.alloc(8);
  const secret = Buffer.concat([
    check,
    sshString(keyType),
    sshString(curve.ssh),
    sshString(point),
    sshNumber(privateKey),
    sshString(""),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    sshString("none"),
    sshString("none"),
    sshString(""),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}

/** A positive number of the SSH wire format: without leading zeros, but never with its first bit set (RFC 4251, section 5). */
function sshNumber(bytes: Buffer): Buffer {
  const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return sshString((digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.alloc(1), digits]));
}

/** A string of the SSH wire format: its length in four bytes, then its bytes (RFC 4251, section 5). */
function sshString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
