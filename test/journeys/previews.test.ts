import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { capturedTexts, saysTheSame, withCaptured, withoutNoise } from "../support/captured-texts";
import { timed } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";

/**
 * Proves that docs/previews.md shows what Pulumi prints for the changes that reviewers meet, but for what differs from run to run.
 */
const page = join(projectRoot, "docs", "previews.md");
let team: Team;
let original = "";

beforeAll(async () => {
  team = await developmentTeam();
  original = readFileSync(join(team.folder, "team.dev.yaml"), "utf8");
});
afterAll(async () => {
  team.writeTeamFile(original);
  await team.up();
});

/** Made for this page; its private half was thrown away. */
const keyOfOlga =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHwFBFpyHarZUrY5DMpXAb4P/rRBJwBS7eG+m3CuSnMe olga@laptop";

/** The moments of the page, and those that take their place here: a grant may end in a year at the latest. */
const ends = [
  { shown: "2026-12-31T17:00:00Z", days: 30 },
  { shown: "2027-03-31T17:00:00Z", days: 90 },
].map(({ shown, days }) => ({
  shown,
  real: `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T17:00:00Z`,
}));
const today = new Date().toISOString().slice(0, 10);

/** With the days of the page in place of those of the run. */
function asShown(text: string): string {
  const digits = (instant: string): string => instant.replace(/[-:TZ]/g, "");
  const shownEnds = ends.reduce(
    (shown, end) => shown.replaceAll(end.real, end.shown).replaceAll(digits(end.real), digits(end.shown)),
    withoutNoise(text, `${original}${keyOfOlga}`),
  );
  return shownEnds.replaceAll(today, "2026-11-01");
}

const overWes = "  - { lead: marcus, over: wes }\n";
const watching = (until: string): string =>
  `  - { lead: marcus, over: wes, mode: watch, until: ${until}, reason: onboarding }\n`;
const [first = { shown: "", real: "" }, later = first] = ends;

interface Change {
  readonly name: string;
  readonly options: readonly string[];
  /** What was applied before, where it is not the committed team. */
  readonly from?: (original: string) => string;
  readonly to: (original: string) => string;
}

const changes: readonly Change[] = [
  {
    name: "join",
    options: [],
    to: (text) => text.replace("people:\n", `people:\n  olga:\n    keys:\n      - ${keyOfOlga}\n`),
  },
  {
    name: "revoke",
    options: ["--diff"],
    to: (text) => text.replace("  - { lead: marcus, over: nadia }\n", ""),
  },
  {
    name: "leave",
    options: ["--diff"],
    to: (text) =>
      text
        .replace(/ {2}nadia:\n {4}keys:\n.*\n/, `  nadia: { left: ${today} }\n`)
        .replace("  - { lead: marcus, over: nadia }\n", ""),
  },
  {
    name: "grant",
    options: ["--diff"],
    from: (text) => text.replace(overWes, ""),
    to: (text) => text.replace(overWes, watching(first.real)),
  },
  {
    name: "extend",
    options: ["--diff"],
    from: (text) => text.replace(overWes, watching(first.real)),
    to: (text) => text.replace(overWes, watching(later.real)),
  },
];

test("docs/previews.md shows what Pulumi prints today", async () => {
  const written = readFileSync(page, "utf8");
  const there = capturedTexts(written);
  const texts = new Map<string, string>();
  for (const { name, options, from, to } of changes) {
    if (from !== undefined) {
      team.writeTeamFile(from(original));
      await team.up();
    }
    const changed = to(original);
    expect([name, changed === original]).toEqual([name, false]);
    team.writeTeamFile(changed);
    const { code, stdout, stderr } = await timed(`pulumi preview: ${name}`, () =>
      team.pulumi("preview", ...options),
    );
    expect([code, stderr]).toEqual([0, ""]);
    const shown = asShown(stdout);
    const standing = there.get(name) ?? "";
    texts.set(name, saysTheSame(standing, shown) ? standing : shown);
  }
  expect([...there.keys()].sort()).toEqual(changes.map(({ name }) => name).sort());
  await expect(withCaptured(written, texts)).toMatchFileSnapshot(page);
}, 600_000);
