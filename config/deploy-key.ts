import { createPrivateKey, createPublicKey } from "node:crypto";
import { readPublicKey } from "./keys";
import type { PublicKey } from "./keys";
import { refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";
import { TruncatedError, WireReader } from "./ssh-wire";

/** How to make a key pair that this program can use. */
const makeOne =
  "Make one with `ssh-keygen -t ed25519 -N '' -f deploy` and set it with `cat deploy | pulumi config set --secret team-runtime:deployKey`.";

const magic = Buffer.from("openssh-key-v1\0");

/**
 * Reads the deploy user's private key, as `ssh-keygen` writes it, and derives the public half: ed25519 without
 * a passphrase only. No sentence shows any part of the text.
 *
 * The form is that of OpenSSH's PROTOCOL.key; the prefix in the PKCS #8 form is that of RFC 8410.
 */
export function readDeployKey(text: string): Reading<PublicKey> {
  const trimmed = text.trim();
  if (
    trimmed === "" ||
    /^<?(?:changeme|change-me|todo|xxx+|placeholder|your[ _-].*|secret|example)>?$/i.test(trimmed)
  ) {
    return refuse("The deploy key is empty or a placeholder.", makeOne);
  }
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/.test(trimmed))
    return refuse("This is the public half of a key pair; the private half is needed.", makeOne);
  if (trimmed.startsWith("PuTTY-User-Key-File")) return refuse("This is a PuTTY key.", makeOne);
  const pem = /^-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----\r?\n([A-Za-z0-9+/=\s]+)-----END \1-----$/.exec(
    trimmed,
  );
  if (pem === null)
    return refuse(
      "This is not a private key in the form that ssh-keygen writes, or a part of it is missing.",
      makeOne,
    );
  if (pem[1] !== "OPENSSH PRIVATE KEY")
    return refuse(`This is a key in the older form ${show(pem[1] ?? "")}.`, makeOne);
  try {
    return readOpenSshKey(Buffer.from(pem[2] ?? "", "base64"));
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
    return refuse("The private key is cut off.", makeOne);
  }
}

function readOpenSshKey(bytes: Buffer): Reading<PublicKey> {
  const reader = new WireReader(bytes);
  if (!reader.take(magic.length).equals(magic)) return refuse("This is not an OpenSSH private key.", makeOne);
  const [cipher, kdf] = [reader.string().toString("latin1"), reader.string().toString("latin1")];
  reader.string();
  if (cipher !== "none" || kdf !== "none") {
    return refuse(
      "The deploy key has a passphrase, and nobody is there to type it.",
      `${makeOne} Pulumi encrypts it.`,
    );
  }
  if (reader.uint32() !== 1) return refuse("The file holds more than one key.", makeOne);
  const publicBlob = reader.string();
  const type = new WireReader(publicBlob).string().toString("latin1");
  if (type !== "ssh-ed25519")
    return refuse(`The deploy key is of type ${show(type)}, not ssh-ed25519.`, makeOne);
  const parsed = readPublicKey(`${type} ${publicBlob.toString("base64")}`);
  const damaged = refuse("The private key is damaged: its halves do not belong together.", makeOne);
  if (!parsed.ok) return damaged;
  return isPrivateHalf(reader.string(), publicBlob) && reader.remaining === 0 ? parsed : damaged;
}

/** Whether the private section is whole and makes the public half. */
function isPrivateHalf(section: Buffer, publicBlob: Buffer): boolean {
  const reader = new WireReader(section);
  if (reader.uint32() !== reader.uint32()) return false;
  if (reader.string().toString("latin1") !== "ssh-ed25519") return false;
  const point = publicBlob.subarray(-32);
  if (!reader.string().equals(point)) return false;
  const secret = reader.string();
  reader.string();
  const padding = reader.rest();
  if (secret.length !== 64 || !padding.every((byte, index) => byte === index + 1)) return false;
  const pkcs8 = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    secret.subarray(0, 32),
  ]);
  const derived = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
  return derived.export({ format: "der", type: "spki" }).subarray(-32).equals(point);
}
