import { daysLeft, formatDaysLeft } from "../config/access/ends";
import { enclaves } from "../config/enclaves";
import type { AccessMatrix, AccessRow } from "../config/access/matrix";

/** `ssh key`, `hop key from dev-marcus` or `sudo`: how a row's account is reached. */
export function howText({ how }: AccessRow): string {
  switch (how.by) {
    case "ssh-key":
      return how.keys.length === 1 ? "ssh key" : `ssh key (${how.keys.length} keys)`;
    case "hop-key":
      return `hop key from ${how.from}`;
    case "sudo":
      return "sudo";
  }
}

/** `own server`, `own agent`, or `leads wes: onboarding`, where the reason is free text. */
export function whyText({ why }: AccessRow): string {
  if (why.because !== "grant") return why.because;
  return `leads ${why.over}${why.reason === undefined ? "" : `: ${why.reason}`}`;
}

/** The end of a row's access, with the days that are left when they are few; empty without an end. */
export function untilText(row: AccessRow, now: number): string {
  const days = daysLeft(row, now);
  return `${row.until ?? ""}${days === undefined ? "" : ` (${formatDaysLeft(days)})`}`;
}

/** What is not in the rows and must not be forgotten: leavers have nothing, operators have everything, and a word is no proof. */
export function footnotes({ leavers, keyPolicy, keysByWord }: AccessMatrix): readonly string[] {
  const names = leavers.map(({ login, on, server }) => `${login} (left ${on}, server ${server})`);
  const words = keysByWord.map(
    ({ person, fingerprint, enclave }) => `${person} ${fingerprint} (${enclaves[enclave].name})`,
  );
  return [
    ...(keyPolicy === "any"
      ? []
      : [
          "Only keys in hardware may log in (keyPolicy: hardware). Security keys verify their user at each login.",
        ]),
    ...(words.length === 0
      ? []
      : [`Said to live in hardware by their owners, which nothing proves: ${words.join(", ")}.`]),
    ...(names.length === 0 ? [] : [`No access, because they have left: ${names.join(", ")}.`]),
    "Not in the team file: whoever holds the stack's deploy key or administers its Hetzner project can become root on every server.",
  ];
}
