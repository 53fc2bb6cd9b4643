import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A security key in software, which says of its user whatever the test wants, in an ssh-agent of its own. */
export interface SoftwareSecurityKey {
  /** `sk-ssh-ed25519@openssh.com AAAA…` */
  readonly publicKey: string;
  /** Path of the public half, for `ssh -i`. */
  readonly file: string;
  /** Path of the agent's socket, for `IdentityAgent`. */
  readonly socket: string;
  /** How many signatures it made. */
  readonly signatures: () => number;
  close(): Promise<void>;
}

const type = "sk-ssh-ed25519@openssh.com";
const application = "ssh:";
/** Flags of a FIDO authenticator's answer: the user is there, and the user was verified (PROTOCOL.u2f, CTAP 2). */
const userPresent = 0x01;
const userVerified = 0x04;

/**
 * Starts the agent. It speaks as much of the ssh-agent protocol as ssh(1) needs to log in (draft-ietf-sshm-ssh-agent): the list of
 * keys, and signatures.
 *
 * @param verifies Whether each signature says that the user was verified, as with a PIN.
 */
export async function softwareSecurityKey(verifies: boolean): Promise<SoftwareSecurityKey> {
  const pair = generateKeyPairSync("ed25519");
  const point = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const blob = Buffer.concat([text(type), text(point), text(application)]);
  const folder = mkdtempSync(join(tmpdir(), "security-key-"));
  const [file, socket] = [join(folder, "key.pub"), join(folder, "agent")];
  const publicKey = `${type} ${blob.toString("base64")}`;
  writeFileSync(file, `${publicKey} hand\n`);
  let signatures = 0;
  const answer = (request: Buffer): Buffer => {
    if (request[0] === requestIdentities)
      return Buffer.concat([Buffer.from([identitiesAnswer]), number(1), text(blob), text("hand")]);
    if (request[0] !== signRequest) return Buffer.from([failure]);
    signatures += 1;
    // The key, what is to be signed, and four bytes of flags that are for RSA keys.
    const data = request.subarray(1 + 4 + blob.length + 4, -4);
    return Buffer.concat([Buffer.from([signResponse]), text(signatureOf(data, pair.privateKey, verifies))]);
  };
  const server = await listen(socket, answer);
  return {
    publicKey,
    file,
    socket,
    signatures: () => signatures,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

const [failure, requestIdentities, identitiesAnswer, signRequest, signResponse] = [5, 11, 12, 13, 14];

function signatureOf(data: Buffer, key: KeyObject, verifies: boolean): Buffer {
  const flags = Buffer.from([userPresent | (verifies ? userVerified : 0)]);
  const counter = number(1);
  const signed = Buffer.concat([sha256(Buffer.from(application)), flags, counter, sha256(data)]);
  return Buffer.concat([text(type), text(sign(null, signed, key)), flags, counter]);
}

function listen(socket: string, answer: (request: Buffer) => Buffer): Promise<Server> {
  const server = createServer((connection) => {
    let waiting = Buffer.alloc(0);
    connection.on("data", (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE()) {
        const end = 4 + waiting.readUInt32BE();
        connection.write(text(answer(waiting.subarray(4, end))));
        waiting = waiting.subarray(end);
      }
    });
    // ssh ends as it likes.
    connection.on("error", () => undefined);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, () => {
      resolve(server);
    });
  });
}

/** A `string` of the SSH protocol: its length and its bytes. */
function text(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes);
  return Buffer.concat([number(content.length), content]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
