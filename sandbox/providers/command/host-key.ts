/** A pinned host key: its type and the exact bytes that the server must show. */
export interface HostKey {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Reads a host key in the form of an authorized_keys line, `ssh-ed25519 AAAA… [comment]`. Throws in the words of the
 * official plugin (Go's ssh.ParseAuthorizedKey) when it is none.
 */
export function parseHostKey(line: string): HostKey {
  const [type = "", base64] = line.trim().split(/\s+/);
  if (base64 === undefined) {
    throw new Error("failed to parse host key: ssh: no key found");
  }
  const illegal = firstIllegalByte(base64);
  if (illegal !== undefined) {
    throw noKeyFound(`illegal base64 data at input byte ${illegal}`);
  }
  const bytes = Buffer.from(base64, "base64");
  // The blob begins with its own type as a length-prefixed string (RFC 4253, section 6.6).
  if (bytes.length < 4 || bytes.length < 4 + bytes.readUInt32BE(0)) {
    throw noKeyFound("ssh: short read");
  }
  const named = bytes.toString("latin1", 4, 4 + bytes.readUInt32BE(0));
  if (named !== type) {
    throw noKeyFound(`ssh: unknown key algorithm: ${named}`);
  }
  return { type, bytes };
}

/** The host key algorithms to offer, so that the server shows the pinned key and not another that it has. */
export function algorithmsFor(hostKey: HostKey): string[] {
  return hostKey.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [hostKey.type];
}

function noKeyFound(reason: string): Error {
  return new Error(
    `failed to parse host key: ssh: no key found; last parsing error for ignored line: ${reason}`,
  );
}

/** Where Go's base64 decoder stops: the first character that does not belong, or the start of an incomplete group. */
function firstIllegalByte(base64: string): number | undefined {
  const bad = /[^A-Za-z0-9+/]/.exec(base64.replace(/={1,2}$/, ""));
  if (bad !== null) {
    return bad.index;
  }
  const leftOver = base64.length % 4;
  return leftOver === 0 ? undefined : base64.length - leftOver;
}
