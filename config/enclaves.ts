import type { KeyType } from "./key-blob";

/** A piece of hardware that keeps a private key to itself, and the types of keys that it can hold. */
interface EnclaveFacts {
  /** Such as `a TPM`. */
  readonly name: string;
  readonly holds: readonly KeyType[];
}

/**
 * Where a person's private key can live so that it cannot be copied. Security keys (`sk-…`) are not among them: their
 * public keys say by themselves what they are.
 *
 * - A Secure Enclave makes keys on P-256 only (Apple, "Secure Enclave"; Secretive's README).
 * - A TPM holds keys on the NIST curves and RSA keys (ssh-tpm-keygen(1)).
 * - Smart cards (PIV, OpenPGP) hold any of them; which, depends on the card.
 */
export const enclaves = {
  "secure-enclave": { name: "a Secure Enclave", holds: ["ecdsa-sha2-nistp256"] },
  tpm: {
    name: "a TPM",
    holds: ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"],
  },
  "smart-card": {
    name: "a smart card",
    holds: ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"],
  },
} as const satisfies Readonly<Record<string, EnclaveFacts>>;

export type Enclave = keyof typeof enclaves;

export const enclaveNames = Object.keys(enclaves) as Enclave[];

/** Whether a key of this type can live there. */
export function canHold(enclave: Enclave, type: KeyType): boolean {
  const types: readonly KeyType[] = enclaves[enclave].holds;
  return types.includes(type);
}

/** Whether the key is a security key's (FIDO2), which shows in its type. */
export function isSecurityKey(type: KeyType): boolean {
  return type.startsWith("sk-");
}
