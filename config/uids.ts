import { createHash } from "node:crypto";

/**
 * Uids that a person may have. From 2000 on, far from those that packages and `useradd` give; the agent's uid
 * is one more, so the last pair is 59998 and 59999, the end of Debian's range for users (`login.defs`).
 */
export const uidRange = { least: 2000, most: 59998 } as const;

/** Derived uids are even and from 10000 to 59996; below them is room for overrides. */
const derived = { first: 10000, pairs: 24999 } as const;

/** With 2,000 people, 8 in 100 uids are taken. */
const mostAttempts = 64;

/** What the uids of a file depend on: logins in the order of the file, with their overrides. */
export interface UidClaim {
  readonly login: string;
  /** The `uid:` of the file. */
  readonly uid?: number;
}

export interface UidAssignment {
  /** The uid of each login. */
  readonly uids: ReadonlyMap<string, number>;
  /** People whose derived uid was taken by somebody above them, so that they got the next choice. */
  readonly moved: readonly { readonly login: string; readonly by: string }[];
  /** Overrides that meet the uid or the agent's uid of somebody else. The later of two overrides, or the override. */
  readonly clashes: readonly { readonly login: string; readonly with: string; readonly uid: number }[];
}

/**
 * The uid of each person, the same on all servers and in every stack: derived from the login, so that it does
 * not depend on who joined first. Two logins that meet (one in 24,999 pairs of logins) are told apart by their order
 * in the file.
 */
export function assignUids(claims: readonly UidClaim[]): UidAssignment {
  const uids = new Map<string, number>();
  const holders = new Map<number, string>();
  const moved: { login: string; by: string }[] = [];
  const clashes: { login: string; with: string; uid: number }[] = [];

  for (const { login, uid } of claims) {
    if (uid === undefined) continue;
    const other = holderOf(uid, holders);
    if (other === undefined) hold(login, uid);
    else clashes.push({ login, with: other, uid });
    uids.set(login, uid);
  }
  const overridden = new Set(uids.keys());

  for (const { login, uid } of claims) {
    if (uid !== undefined) continue;
    const natural = derivedUid(login);
    const other = holderOf(natural, holders);
    if (other === undefined) {
      hold(login, natural);
      uids.set(login, natural);
    } else if (overridden.has(other)) {
      clashes.push({ login: other, with: login, uid: uids.get(other) ?? natural });
      uids.set(login, natural);
    } else {
      const next = nextChoice(login, holders);
      hold(login, next);
      uids.set(login, next);
      moved.push({ login, by: other });
    }
  }
  return { uids, moved, clashes };

  function hold(login: string, uid: number): void {
    holders.set(uid, login);
    holders.set(uid + 1, login);
  }
}

/** Whoever has this uid or the one after it, which the agent would get. */
function holderOf(uid: number, holders: ReadonlyMap<number, string>): string | undefined {
  return holders.get(uid) ?? holders.get(uid + 1);
}

/** 10000 + 2 × (the first 48 bits of SHA-256 of the text, modulo 24999). */
export function derivedUid(text: string): number {
  const number = createHash("sha256").update(text, "utf8").digest().readUIntBE(0, 6);
  return derived.first + 2 * (number % derived.pairs);
}

function nextChoice(login: string, holders: ReadonlyMap<number, string>): number {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const uid = derivedUid(`${login}#${attempt}`);
    if (holderOf(uid, holders) === undefined) return uid;
  }
  // Only a file with more people than uids gets here, and it is refused for its size.
  return derivedUid(login);
}
