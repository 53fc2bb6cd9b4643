import type { PublicKey } from "./keys";
import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { looksSecret } from "./secrets";
import { show } from "./show";

/** As whom an agent commits. It names the owner, so that nobody takes the agent's work for a person's. */
export interface GitIdentity {
  /** `wes-agent (agent of wes)` */
  readonly name: string;
  readonly email: string;
}

/** How an agent is known at one host of git repositories: never by something of its person's. */
export type Credential =
  /** A deploy key that the person's own server makes. The private half never leaves it. */
  | {
      readonly kind: "key";
      readonly host: string;
      /** Another one makes another key. */
      readonly generation: string;
      /** By which of its keys the host itself is known. */
      readonly hostKeys: readonly PublicKey[];
    }
  /** A token, which is a secret of the stack (`team-runtime:gitTokens`) and not here. */
  | {
      readonly kind: "token";
      /** Possibly with a port: `git.acme.example:8443`. */
      readonly host: string;
      /** For readers only: which token it is. */
      readonly generation: string;
      /** The name that goes with the token. */
      readonly user: string;
    };

/** Goes with a token where the host looks at the token alone, as many do. */
export const usualTokenUser = "oauth2";

/** `github.com by the key 2026-11-01`, for people. */
export function credentialText({ kind, host, generation }: Credential): string {
  return `${host} by the ${kind} ${generation}`;
}

/** A host's name or address in lower case; with a port only for tokens. */
export const gitHostPattern =
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[1-9][0-9]{0,4})?$/;

/** Reads the name of a git host. */
export function readGitHost(text: string): Reading<string> {
  const fix = "Write the name that stands in the addresses of its repositories, such as github.com.";
  if (text.length <= 100 && gitHostPattern.test(text)) return accept(text);
  if (text.length <= 100 && gitHostPattern.test(text.toLowerCase()))
    return refuse(`${show(text)} must be lower case.`, `Write "${text.toLowerCase()}".`);
  return refuse(`${show(text)} is not the name of a host.`, fix);
}

/** Reads the mark by which one credential is told from the next. It is shown in previews. */
export function readGeneration(text: string): Reading<string> {
  if (looksSecret(text)) {
    return refuse(
      "This looks like a secret: consider it leaked.",
      "Write a day here, such as 2026-11-01. A token belongs to the stack settings: pulumi config set --secret (docs/credentials.md).",
    );
  }
  if (/^[a-z0-9][a-z0-9.-]{0,19}$/.test(text)) return accept(text);
  return refuse(
    `${show(text)} does not tell one credential from the next: small letters, digits, "." and "-" do, at most 20.`,
    "Write the day of the change, such as 2026-11-01.",
  );
}

/** Reads the name that goes with a token. */
export function readTokenUser(text: string): Reading<string> {
  if (!looksSecret(text) && /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(text)) return accept(text);
  return refuse(
    "This is not the name of a user at a git host.",
    `Write the agent's own user name there, or leave it out for "${usualTokenUser}". The token itself belongs to the stack settings.`,
  );
}

/** Reads a mail address for commits. */
export function readEmail(text: string): Reading<string> {
  if (text.length <= 100 && /^[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+$/.test(text)) return accept(text);
  return refuse(`${show(text)} is not a mail address.`, "Write one such as wes-agent@acme.example.");
}

/** Reads the domain of the agents' mail addresses. */
export function readMailDomain(text: string): Reading<string> {
  if (text.length <= 60 && gitHostPattern.test(text) && !text.includes(":")) return accept(text);
  return refuse(`${show(text)} is not a domain.`, "Write one such as acme.example.");
}
