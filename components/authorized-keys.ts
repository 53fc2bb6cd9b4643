import { isIP } from "node:net";
import { sudoTime } from "../config/instants";
import { readPublicKey } from "../config/keys";
import type { KeyPlan } from "../config/plan";

/**
 * The `authorized_keys` line of a person's own key. The comment is the login: the comment that stands in the
 * team file never reaches a host. `verify-required` holds whatever the laptop wants: sshd refuses a signature for which
 * the security key did not verify its user (sshd(8), PROTOCOL.u2f).
 */
export function personalKeyLine(login: string, key: KeyPlan): string {
  const options = key.verifyRequired ? "verify-required " : "";
  return `${options}${key.type} ${key.base64} ${login}`;
}

/** The kind of a key as a reviewer should read it: what sshd asks of it, or what only its owner says of it. */
export function keyKind({ type, enclave, verifyRequired }: KeyPlan): string {
  if (verifyRequired) return `${type} (verify-required)`;
  return enclave === undefined ? type : `${type} (${enclave}, by its owner's word)`;
}

/** What a lead's server reports after its hop key was made, and how it may be used. */
export interface HopKey {
  readonly lead: string;
  /** The server that holds the private half, such as `dev-marcus`. */
  readonly server: string;
  /** The address from which that server connects. */
  readonly address: string;
  /** The public half as the server printed it. */
  readonly publicKey: string;
  /** When all grants of this lead on the receiving server end, in UTC: `2026-12-31T23:59:59Z`. */
  readonly until?: string;
}

/**
 * The `authorized_keys` line by which a lead comes from their own server. The key works from that server's
 * address only, forwards nothing, and ends with the grants (sshd(8), "AUTHORIZED_KEYS FILE FORMAT").
 *
 * The public half was printed by a machine on which a developer works, so it is parsed like a key of the team
 * file. Throws with a sentence when it is not a plain ed25519 key or the address is none.
 */
export function hopKeyLine(hop: HopKey): string {
  const parsed = readPublicKey(hop.publicKey.trim());
  if (!parsed.ok || parsed.value.type !== "ssh-ed25519") {
    throw new Error(
      `${hop.server} printed something that is not an ed25519 public key as the hop key of ${hop.lead}.`,
    );
  }
  if (isIP(hop.address) === 0) throw new Error(`The address of ${hop.server} is not an IP address.`);
  const options = ["restrict", "pty", `from="${hop.address}"`];
  if (hop.until !== undefined) options.push(`expiry-time="${sudoTime(hop.until)}"`);
  return `${options.join(",")} ${parsed.value.type} ${parsed.value.base64} ${hop.lead}@${hop.server}`;
}
