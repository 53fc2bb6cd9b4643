import type { AccessRow } from "../../config/access/matrix";
import { byName } from "../../config/names";
import { types } from "../../invariants/resource";
import { howText } from "../access-words";
import type { Judgement } from "./judge";
import type { PreviewStep } from "./preview";

/** `marcus can now act as wes-agent on dev-wes (sudo), until 2026-12-31T23:59:59Z`, without its full stop. */
export function rowSentence(row: AccessRow, can: string): string {
  const { person, server, account, mode, until } = row;
  const what = {
    login: `log in to ${server} as ${account}`,
    attach: `act as ${account} on ${server}`,
    watch: `watch the sessions of ${account} on ${server}`,
  }[mode];
  const how = row.how.by === "ssh-key" ? `${howText(row)} ${row.how.keys.join(", ")}` : howText(row);
  return `${person} ${can} ${what} (${how})${until === undefined ? "" : `, until ${until}`}`;
}

/** A part of what a preview would do. */
export interface Section {
  readonly title: string;
  /** Plain sentences, without free text of anybody. */
  readonly lines: readonly string[];
}

/** What a preview would do, the most dangerous first. Sections without lines are left out. */
export function sectionsOf({ access, steps }: Judgement): readonly Section[] {
  const widened = access.changed.filter(
    ({ before, after }) => before.mode === "watch" || endsLater(before, after),
  );
  const others = access.changed.filter((change) => !widened.includes(change));
  const changed = ({ before, after }: (typeof access.changed)[number]): string =>
    `${rowSentence(after, "can now")}; before: ${rowSentence(before, "could")}.`;
  return [
    {
      title: "Gains access",
      lines: [...access.gained.map((row) => `${rowSentence(row, "can now")}.`), ...widened.map(changed)],
    },
    { title: "Servers destroyed", lines: servers(steps, "delete") },
    { title: "Servers replaced", lines: servers(steps, "replace") },
    {
      title: "Loses access",
      lines: [...access.lost.map((row) => `${rowSentence(row, "can no longer")}.`), ...others.map(changed)],
    },
    { title: "Servers created", lines: [...servers(steps, "create"), ...servers(steps, "import")] },
    { title: "Servers changed", lines: servers(steps, "update") },
    { title: "What else is touched", lines: touched(steps) },
  ].filter(({ lines }) => lines.length > 0);
}

/** Whether the new end lies after the old one. */
function endsLater(before: AccessRow, after: AccessRow): boolean {
  const end = ({ until }: AccessRow): number => (until === undefined ? Infinity : Date.parse(until));
  return end(after) > end(before);
}

function servers(steps: readonly PreviewStep[], fate: PreviewStep["fate"]): readonly string[] {
  return steps
    .filter((step) => step.type === types.server && step.fate === fate)
    .map(({ name, inputs }) => (inputs.length === 0 ? name : `${name}: ${inputs.join(", ")}`))
    .sort(byName);
}

const verbs = {
  create: "created",
  import: "taken over",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
} as const;

/** Everything but servers, in one line for each server. Components own nothing and stand for what is told above. */
function touched(steps: readonly PreviewStep[]): readonly string[] {
  const shown = steps.filter(({ type }) => type !== types.server && !type.startsWith("team-runtime:"));
  const places = [...new Set(shown.map(({ server }) => server ?? "the stack"))].sort(byName);
  return places.map((place) => {
    const here = shown.filter(({ server = "the stack" }) => server === place);
    const parts = (Object.keys(verbs) as (keyof typeof verbs)[])
      .map((fate) => ({ fate, names: here.filter((step) => step.fate === fate).map(shortName) }))
      .filter(({ names }) => names.length > 0)
      .map(({ fate, names }) => `${verbs[fate]}: ${names.sort(byName).join(", ")}`);
    return `${place}: ${parts.join("; ")}`;
  });
}

/** `dev-wes-access` → `access`, beside the server's name. */
function shortName({ name, server, inputs, fate }: PreviewStep): string {
  const short = server !== undefined && name.startsWith(`${server}-`) ? name.slice(server.length + 1) : name;
  return fate === "update" && inputs.length > 0 ? `${short} (${inputs.join(", ")})` : short;
}

/** What a reader must know to take the judgement for what it is. */
export function notesOf({ late, permitted, unusedPermissions }: Judgement): readonly string[] {
  return [
    ...permitted.map((server) => `${server} may be destroyed or replaced, by permission.`),
    ...unusedPermissions.map((server) => `${server} might be destroyed by permission, and is not.`),
    ...(late.length === 0
      ? []
      : [
          `The exact lines of ${late.join(", ")} are known only during the update; what is told here of ${late.length === 1 ? "it" : "them"} is what the accounts and grants of the preview say.`,
        ]),
  ];
}
