import { expect, test } from "vitest";
import type { Change } from "../../config/access/change";
import { riskOf } from "../../config/access/risk";
import type { Risk } from "../../config/access/risk";
import { sentenceOf } from "../../config/access/sentences";

/** Sentences and risks that the files of test/golden/diff-15.* do not show: rare changes, and the other side of common ones. */
const grant = { lead: "marcus", over: "wes" };
const key = { type: "ssh-ed25519", fingerprint: "SHA256:x" } as const;

const rows: readonly (readonly [Risk, Change, string])[] = [
  [
    "widens",
    { kind: "returned", login: "kim", keys: [key], server: "kept" },
    "kim, who had left, comes back: kim can log in to dev-kim with the key SHA256:x (ssh-ed25519) and act as kim-agent there.",
  ],
  [
    "widens",
    { kind: "key added", login: "wes", key: { ...key, formerOwner: "nadia" } },
    "wes can also log in to dev-wes with the key SHA256:x (ssh-ed25519) (until now the key of nadia).",
  ],
  [
    "widens",
    { kind: "key added", login: "wes", key: { ...key, enclave: "smart-card" } },
    "wes can also log in to dev-wes with the key SHA256:x (ssh-ed25519, by its owner's word in a smart card).",
  ],
  [
    "other",
    { kind: "enclave changed", login: "wes", key: { ...key, enclave: "tpm" }, after: "tpm" },
    "The key SHA256:x (ssh-ed25519, by its owner's word in a TPM) of wes is now said to live there. Nothing proves it.",
  ],
  [
    "other",
    { kind: "enclave changed", login: "wes", key, before: "secure-enclave" },
    "The key SHA256:x (ssh-ed25519) of wes is no longer said to live in hardware; until now it was said to live in a Secure Enclave. Nothing proves it.",
  ],
  [
    "removes",
    { kind: "key policy changed", before: "any", after: "hardware" },
    "Only keys that live in hardware may log in. Security keys must verify their user (PIN or finger) at each login: one that was made without -O verify-required can no longer log in.",
  ],
  [
    "widens",
    { kind: "key policy changed", before: "hardware", after: "any" },
    "Keys may lie in files again, and security keys need not verify their user any more.",
  ],
  [
    "widens",
    { kind: "terminal changed", before: "ssh", after: "mosh" },
    "People can come by mosh beside ssh: udp 60000-60099 is opened on all servers, to the networks that may reach ssh.",
  ],
  [
    "widens",
    { kind: "terminal changed", before: "mosh", after: "et" },
    "People can come by et beside ssh: tcp 2022 is opened on all servers, to the networks that may reach ssh; udp 60000-60099 is closed on all servers, and what is open over mosh there ends.",
  ],
  [
    "removes",
    { kind: "terminal changed", before: "et", after: "ssh" },
    "People come by ssh alone: tcp 2022 is closed on all servers, and what is open over et there ends.",
  ],
  [
    "widens",
    { kind: "end changed", ...grant, before: "2026-12-01T00:00:00Z" },
    "The grant of marcus over wes (wes-agent on dev-wes) no longer ends by itself; it was to end at 2026-12-01T00:00:00Z.",
  ],
  [
    "removes",
    { kind: "end changed", ...grant, after: "2026-12-01T00:00:00Z" },
    "The grant of marcus over wes (wes-agent on dev-wes) ends at 2026-12-01T00:00:00Z; it had no end.",
  ],
  [
    "removes",
    { kind: "mode changed", ...grant, before: "attach", after: "watch" },
    "marcus can no longer act as wes-agent on dev-wes, only watch its sessions.",
  ],
  [
    "widens",
    { kind: "grant added", grant: { ...grant, mode: "watch", until: "2026-12-01T00:00:00Z" } },
    "marcus can now watch the sessions of wes-agent on dev-wes, until 2026-12-01T00:00:00Z. marcus gets an account there, and a key for it from dev-marcus.",
  ],
  [
    "destroys",
    { kind: "vanished", login: "kim", uid: 3000, was: "left" },
    "kim disappears from the file. dev-kim is destroyed with all that is on it. The uid 3000 is no longer reserved. pulumi up refuses this: the entry must stay, with left: YYYY-MM-DD.",
  ],
  [
    "other",
    { kind: "vanished", login: "kim", uid: 3000, was: "destroyed" },
    "kim disappears from the file. The uid 3000 is no longer reserved. pulumi up refuses this: the entry must stay, with left: YYYY-MM-DD.",
  ],
  [
    "other",
    { kind: "locked server made", login: "kim" },
    "kim has left and has no server: an empty dev-kim is made, locked. It is probably a mistake; left: { on: YYYY-MM-DD, server: destroyed } makes none.",
  ],
  [
    "other",
    { kind: "uid reserved", login: "kim", uid: 3000 },
    "The entry of kim, who has left, is new in the file. It keeps the uid 3000 reserved.",
  ],
  [
    "other",
    { kind: "day of leaving changed", login: "kim", before: "2026-11-01", after: "2026-11-02" },
    "The day on which kim left changes from 2026-11-01 to 2026-11-02.",
  ],
  [
    "other",
    { kind: "image changed", login: "wes", before: "debian-12", after: "debian-13" },
    "The image of dev-wes changes from debian-12 to debian-13 in the file. A running server keeps its image; the change is ignored.",
  ],
  [
    "other",
    { kind: "backups changed", login: "wes", after: true },
    "Hetzner keeps daily backups of dev-wes from now on.",
  ],
  [
    "destroys",
    { kind: "backups changed", login: "wes", after: false },
    "Hetzner keeps no backups of dev-wes any more, and deletes those that there are.",
  ],
  [
    "destroys",
    { kind: "server destroyed", login: "kim", was: "left", snapshot: true },
    "A snapshot of the disk of dev-kim is made and kept; then the server is destroyed.",
  ],
  [
    "destroys",
    { kind: "snapshot deleted", login: "kim" },
    "The snapshot of the last disk of dev-kim is deleted.",
  ],
  [
    "other",
    { kind: "reason changed", ...grant, after: "review" },
    'The grant of marcus over wes (wes-agent on dev-wes) has the reason "review"; it had none.',
  ],
  [
    "other",
    { kind: "ended grant edited", ...grant, edit: "added" },
    "The grant of marcus over wes (wes-agent on dev-wes) has ended and is added to the file. It gives no access before or after.",
  ],
  [
    "other",
    {
      kind: "limits changed",
      login: "wes",
      before: { memory: "75%", tasks: 4096 },
      after: { memory: "8G", tasks: 1000, cpuPercent: 150, disk: "40G" },
    },
    "The limits of wes-agent change: memory from 75% to 8G, tasks from 4096 to 1000, processors from all to 1.5, disk from all to 40G.",
  ],
  [
    "other",
    {
      kind: "repositories changed",
      login: "wes",
      added: ["https://example.com/a.git"],
      removed: ["https://example.com/b.git"],
    },
    "In the workspace of wes, https://example.com/a.git is cloned; https://example.com/b.git stays as it is, no longer listed.",
  ],
  [
    "other",
    {
      kind: "git changed",
      login: "wes",
      added: ["github.com by the key 2026-11-26"],
      removed: ["github.com by the key 2026-11-01"],
    },
    "How wes-agent uses git changes: new is github.com by the key 2026-11-26; gone is github.com by the key 2026-11-01.",
  ],
  [
    "other",
    { kind: "name changed", login: "wes", before: "Wes" },
    'The display name of wes is taken out; it was "Wes".',
  ],
];

test.each(rows)("%s: $kind", (risk, change, sentence) => {
  expect(sentenceOf(change)).toBe(sentence);
  expect(riskOf(change)).toBe(risk);
});
