import { isKeyType, keyTypes } from "./key-blob";
import type { Finding } from "./problem";
import { findSecrets, looksSecret } from "./secrets";
import { codePoint, show } from "./show";

const makeAnother = "Make a key with: ssh-keygen -t ed25519";
const pastePublic = "Paste the line of the .pub file, such as: ssh-ed25519 AAAA… wes@laptop";

interface Mistake {
  readonly looksLike: (line: string) => boolean;
  readonly finding: (line: string) => Finding;
}

/**
 * What people paste where a public key belongs, from the most to the least dangerous. The first that fits
 * explains the line; a line that none fits is a key or is refused for its form.
 */
const mistakes: readonly Mistake[] = [
  {
    looksLike: (line) => findSecrets(line).some(({ kind }) => kind === "a private key"),
    finding: () => ({
      sentence: "This is a private key: consider it leaked.",
      fix: `Remove it from the file and from the git history, replace the key pair, and paste the public half. ${makeAnother}`,
    }),
  },
  {
    looksLike: (line) => line.trim() === "",
    finding: () => ({ sentence: "The key is empty.", fix: pastePublic }),
  },
  {
    looksLike: (line) => /^-{4,5} ?BEGIN |^---- BEGIN/.test(line.trim()),
    finding: () => ({
      sentence: "This is a public key in another format (PEM or RFC 4716), which sshd does not read.",
      fix: "Convert it with ssh-keygen -i -f FILE (add -m PKCS8 for PEM) and paste the line that it prints.",
    }),
  },
  {
    looksLike: (line) => /[\n\r]/.test(line.trim()),
    finding: () => ({
      sentence: "The entry has more than one line, and a key is one line.",
      fix: "Write one list entry for each key, each on one line.",
    }),
  },
  {
    looksLike: (line) => /[^ -~]/.test(words(line).slice(0, 2).join("")) || /[\p{Cc}\p{Cf}]/u.test(line),
    finding: (line) => ({
      sentence: `The key line contains ${codePoint(/[\p{Cc}\p{Cf}]/u.exec(line)?.[0] ?? /[^ -~]/u.exec(line)?.[0] ?? "")}, which no public key has.`,
      fix: "Copy the line of the .pub file again, as plain text.",
    }),
  },
  {
    looksLike: (line) => /^SHA256:|^MD5:|^\d+ SHA256:/.test(line.trim()),
    finding: () => ({ sentence: "This is the fingerprint of a key, not the key.", fix: pastePublic }),
  },
  {
    looksLike: (line) => /^(?:https?|ssh|git|file):\/\//i.test(line.trim()),
    finding: () => ({
      sentence: "This is a URL, and keys are not fetched: what is behind a URL can change without a review.",
      fix: pastePublic,
    }),
  },
  {
    looksLike: (line) => /^(?:gh|github|gl|gitlab|lp|launchpad):/i.test(line.trim()),
    finding: () => ({
      sentence:
        "This names an account elsewhere, and keys are not fetched: what is behind it can change without a review.",
      fix: pastePublic,
    }),
  },
  {
    looksLike: (line) =>
      /^(?:~|\.{0,2}\/|[A-Za-z]:\\|\$HOME)/.test(line.trim()) ||
      /^\S+\.(?:pub|pem|key|ppk)$/.test(line.trim()),
    finding: () => ({
      sentence: "This is the path of a file, not a key: the file is on your machine only.",
      fix: pastePublic,
    }),
  },
  {
    looksLike: (line) => /^ssh-dss(?: |$)/.test(firstWord(line)),
    finding: () => ({
      sentence: "DSA keys (ssh-dss) are not supported: they are weak and sshd refuses them.",
      fix: makeAnother,
    }),
  },
  {
    looksLike: (line) => /-cert-v0[01]@openssh\.com$/.test(firstWord(line)),
    finding: () => ({
      sentence: "This is a certificate, not a public key: it would stop working when it expires.",
      fix: pastePublic,
    }),
  },
  {
    looksLike: (line) => firstWord(line).startsWith("AAAA"),
    finding: () => ({ sentence: "The key type before the key material is missing.", fix: pastePublic }),
  },
  {
    looksLike: (line) => !isKeyType(firstWord(line)) && isKeyType(firstWord(line).toLowerCase()),
    finding: (line) => ({
      sentence: `${show(firstWord(line))} must be lower case.`,
      fix: `Write ${firstWord(line).toLowerCase()}.`,
    }),
  },
  {
    looksLike: (line) =>
      /^(?:ssh-|ecdsa-|sk-|rsa-|webauthn-)\S+$/.test(firstWord(line)) &&
      !isKeyType(firstWord(line)) &&
      !firstWord(line).includes(","),
    finding: (line) => ({
      sentence: `${show(firstWord(line))} is not a key type that may log in: ${keyTypes.join(", ")} are.`,
      fix: makeAnother,
    }),
  },
  {
    looksLike: (line) =>
      !isKeyType(firstWord(line)) && (words(line).some(isKeyType) || / AAAA[A-Za-z0-9+/]{16}/.test(line)),
    finding: () => ({
      sentence:
        "Options (or something else) stand before the key type; options are not allowed, because this program writes them.",
      fix: "Start the line with the key type, such as: ssh-ed25519 AAAA… wes@laptop",
    }),
  },
  {
    looksLike: (line) => !isKeyType(firstWord(line)) && looksSecret(line),
    finding: () => ({
      sentence: "This is not a public key and looks like a secret: consider it leaked.",
      fix: "Remove it from the file and from the git history, and replace it where it is used.",
    }),
  },
];

/** Why the line is not a public key line, if it is one of the known mistakes. */
export function notAKeyLine(line: string): Finding | undefined {
  return mistakes.find(({ looksLike }) => looksLike(line))?.finding(line);
}

function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}

function firstWord(line: string): string {
  return words(line)[0] ?? "";
}
