/** A stretch of text that must never be shown. */
export interface Secret {
  readonly offset: number;
  readonly length: number;
  /** Such as `a private key`. */
  readonly kind: string;
}

interface SecretForm {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** Not part of a longer word: neighbours that a token could go on with. */
const start = String.raw`(?<![A-Za-z0-9+/=_-])`;
const end = String.raw`(?![A-Za-z0-9+/=_-])`;

/**
 * Forms of secrets that people paste by mistake. Each pattern takes in more than the exact form, because a
 * false alarm costs a minute and a secret in a log costs a rotation.
 */
const forms: readonly SecretForm[] = [
  { kind: "a private key", pattern: /PuTTY-User-Key-File-[0-9][\s\S]*?(?:Private-MAC:[^\n]*|$(?![\s\S]))/g },
  { kind: "a private key", pattern: /b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=\s]*/g },
  { kind: "a private key", pattern: new RegExp(`${start}AGE-SECRET-KEY-[A-Za-z0-9]+`, "gi") },
  { kind: "a GitHub token", pattern: /(?<![A-Za-z0-9])(?:gh[a-z]_|github_pat_)[A-Za-z0-9_]{8,}/gi },
  { kind: "a GitLab token", pattern: /(?<![A-Za-z0-9])gl[a-z]{2,5}-[A-Za-z0-9_-]{16,}/g },
  { kind: "an API key", pattern: /(?<![A-Za-z0-9])sk-(?:ant|proj|svcacct|or)-[A-Za-z0-9_-]{6,}/gi },
  { kind: "an API key", pattern: /(?<![A-Za-z0-9-])sk-[A-Za-z0-9]{16,}/g },
  { kind: "an AWS key", pattern: /(?<![A-Za-z0-9+/])A(?:KIA|SIA)[A-Z0-9]{12,}(?![A-Za-z0-9+/])/g },
  { kind: "a Google key", pattern: /(?<![A-Za-z0-9+/])AIza[A-Za-z0-9_-]{30,}/g },
  { kind: "a Slack token", pattern: /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{8,}/gi },
  {
    kind: "a package registry token",
    pattern: /(?<![A-Za-z0-9+/])(?:npm_[A-Za-z0-9]{20,}|pypi-[A-Za-z0-9_-]{16,})/g,
  },
  { kind: "a Hugging Face token", pattern: /(?<![A-Za-z0-9+/])hf_[A-Za-z0-9]{16,}/g },
  // Beginnings that vendors give their keys so that scanners find them (GitHub docs, "Supported secret scanning patterns").
  {
    kind: "an API key",
    pattern:
      /(?<![A-Za-z0-9+/_-])(?:[srp]k_(?:live|test)_|whsec_|do[opr]_v1_|SG\.|lin_api_|secret_|ntn_|dp\.[a-z]{2}\.|hv[bs]\.|ya29\.|GOCSPX-|shp(?:at|ca|pa|ss)_|sq0[a-z]{3}-|NRAK-|figd_|PMAK-|gsk_|xai-|r8_|pplx-|ATBB|ATATT3|CCIPAT_|sntry[su]_|gl(?:sa|c)_|dckr_[a-z]{3}_|tskey-|fm2_|sbp_|pscale_[a-z]+_|rubygems_)[A-Za-z0-9_.=-]{16,}/g,
  },
  { kind: "an API key", pattern: /(?<![A-Za-z0-9+/_-])(?:dapi|key-|SK)[0-9a-f]{32}(?![A-Za-z0-9])/g },
  { kind: "an API key", pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{20,}/g },
  { kind: "a bot's token", pattern: /(?<![A-Za-z0-9+/])[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}/g },
  {
    kind: "a bot's token",
    pattern: /(?<![A-Za-z0-9+/])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}/g,
  },
  { kind: "an Azure key", pattern: /(?:AccountKey=|SharedAccessKey=|[?&]sig=)[A-Za-z0-9+/%]{20,}={0,2}/g },
  { kind: "a password", pattern: /(?<![A-Za-z])(?:Basic|Bearer) [A-Za-z0-9+/._~-]{16,}={0,2}/g },
  {
    kind: "a password",
    pattern:
      /(?<![A-Za-z])(?:password|passwd|passphrase|api[_-]?key|secret[_-]?key) ?[:=] ?(?=[^\s"']*[0-9])[^\s"']{8,}/gi,
  },
  { kind: "the hash of a password", pattern: /\$(?:2[aby]|5|6|y|7|argon2id?)\$[A-Za-z0-9./$,=+-]{20,}/g },
  { kind: "a Pulumi token", pattern: /(?<![A-Za-z0-9])pul-[a-f0-9]{20,}/gi },
  { kind: "a JSON web token", pattern: /(?<![A-Za-z0-9+/])eyJ[A-Za-z0-9_-]{8,200}\.[A-Za-z0-9_.-]+/g },
  {
    kind: "a password in a URL",
    pattern: /(?<![a-z0-9])[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:"']{0,200}:[^\s/@"']{1,200}@[^\s"']*/gi,
  },
  // Hetzner Cloud tokens have 64 characters. Public key material starts with AAAA and is not secret.
  {
    kind: "a token of 64 characters",
    pattern: new RegExp(`${start}(?!AAAA)(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{64}${end}`, "g"),
  },
];

/** Every secret-looking stretch of the text, from left to right, without overlaps. */
export function findSecrets(text: string): readonly Secret[] {
  const tokens = forms.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ offset: match.index, length: match[0].length, kind })),
  );
  const found = [...findPrivateKeys(text), ...tokens].sort(
    (left, right) => left.offset - right.offset || right.length - left.length,
  );
  const apart: Secret[] = [];
  for (const secret of found) {
    const last = apart.at(-1);
    if (last === undefined || secret.offset >= last.offset + last.length) apart.push(secret);
  }
  return apart;
}

/**
 * Whether a value must not be shown: beside the known forms, a line of a private key's body that has lost its header (long
 * base64 that is not public key material), and a long word in which letters and digits take turns.
 * Not for the search, where checksums would raise false alarms.
 */
export function looksSecret(text: string): boolean {
  if (findSecrets(text).length > 0) return true;
  const runs = text.match(/(?<![A-Za-z0-9+/])(?!AAAA)[A-Za-z0-9+/]{32,}/g) ?? [];
  if (runs.some((run) => /[0-9]/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run)))) return true;
  const words = text.match(/(?<![A-Za-z0-9+/_-])(?!AAAA)[A-Za-z0-9_-]{20,}/g) ?? [];
  return words.some((word) => turns(word) >= 4);
}

/** How often a word goes from letters to digits or back. */
function turns(word: string): number {
  const kinds = word
    .replace(/[_-]/g, "")
    .replace(/[0-9]+/g, "0")
    .replace(/[A-Za-z]+/g, "a");
  return kinds.length - 1;
}

/**
 * Whether text that people write for people holds a word that only a machine makes: long, with capitals, small letters and
 * digits. Checksums in hexadecimal and fingerprints of keys are no secrets.
 */
export function holdsToken(text: string): boolean {
  const words = text.match(/(?<!SHA256:)(?<![A-Za-z0-9+/])(?!AAAA)[A-Za-z0-9+/]{32,}/g) ?? [];
  // A word with slashes may be a path. One of 40 characters is a secret key of AWS.
  const parts = words.flatMap((word) =>
    word.length === 40 ? [word] : word.split("/").filter((part) => part.length >= 20),
  );
  return parts.some((part) => /[0-9]/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part));
}

/** Private keys in PEM form: to the END line; without one, as far as the lines look like the body of a key. */
function findPrivateKeys(text: string): readonly Secret[] {
  const found: Secret[] = [];
  for (const begin of text.matchAll(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g)) {
    const last = found.at(-1);
    if (last !== undefined && begin.index < last.offset + last.length) continue;
    found.push({
      offset: begin.index,
      length: endOfKey(text, begin.index, begin[0].length) - begin.index,
      kind: "a private key",
    });
  }
  return found;
}

/** Longer than any private key, with its indentation. */
const longestKey = 40_000;

function endOfKey(text: string, offset: number, headerLength: number): number {
  const rest = text.slice(offset, offset + longestKey);
  const footer = /-----END[^\n]*/.exec(rest);
  if (footer !== null) return offset + footer.index + footer[0].length;
  const body = /^[^\n]*(?:\n[ \t\-"']*[A-Za-z0-9+/=:, -]*\r?(?=\n|$))*/.exec(rest.slice(headerLength));
  return offset + headerLength + (body?.[0].length ?? 0);
}

/** How many characters of a secret in a row may appear in a message by chance: fewer than tell anything. */
const tolerated = 6;

/**
 * The last wall before a message is shown: a function that replaces every run of characters that also occurs in
 * one of the secrets. Messages are written so that there is none; this holds when one is not.
 */
export function createMask(secrets: readonly string[]): (message: string) => string {
  const runs = new Set<string>();
  for (const secret of secrets) {
    const body = secret.replace(/-----(?:BEGIN|END)[^\n]*?-----/g, "\n");
    for (let index = 0; index + tolerated <= body.length; index++)
      runs.add(body.slice(index, index + tolerated));
  }
  if (runs.size === 0) return (message) => message;
  return (message) => {
    const hidden = new Set<number>();
    for (let index = 0; index + tolerated <= message.length; index++) {
      if (!runs.has(message.slice(index, index + tolerated))) continue;
      for (let step = 0; step < tolerated; step++) hidden.add(index + step);
    }
    return message
      .split("")
      .map((character, index) => (hidden.has(index) ? "*" : character))
      .join("");
  };
}
