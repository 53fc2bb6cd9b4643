import { z } from "zod";
import { refuse, accept, type Reading } from "../../config/problem";

/** What an operation of Pulumi's engine (3.248.0, `deploy/step.go`) means to a reviewer. One that is not listed is refused. */
const meanings = {
  same: "none",
  read: "none",
  refresh: "none",
  discard: "none",
  diff: "none",
  "discard-replaced": "none",
  "remove-pending-replace": "none",
  create: "create",
  import: "import",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "read-replacement": "replace",
  "import-replacement": "replace",
} as const;

/** What becomes of a resource. */
export type Fate = Exclude<(typeof meanings)[keyof typeof meanings], "none">;

const state = z.object({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  parent: z.string().optional(),
  protect: z.boolean().default(false),
  retainOnDelete: z.boolean().default(false),
  deletedWith: z.string().optional(),
  ignoreChanges: z.array(z.string()).default([]),
});

const digest = z.object({
  steps: z.array(
    z.object({
      op: z.enum(Object.keys(meanings) as (keyof typeof meanings)[]),
      urn: z.string(),
      oldState: state.optional(),
      newState: state.optional(),
      diffReasons: z.array(z.string()).nullish(),
    }),
  ),
  diagnostics: z
    .array(z.object({ message: z.string().default(""), severity: z.string().optional() }))
    .nullish(),
  changeSummary: z.record(z.string(), z.number()).optional(),
  maybeCorrupt: z.boolean().optional(),
});

/** A resource's state in a preview, as Pulumi writes it (`apitype.ResourceV3`). */
export type DigestState = z.infer<typeof state>;

/** One step of a preview, or several of one resource as one. */
export interface DigestStep {
  readonly urn: string;
  /** Absent when nothing becomes of it. */
  readonly fate?: Fate;
  readonly before?: DigestState;
  readonly after?: DigestState;
  /** Inputs that differ. */
  readonly inputs: readonly string[];
}

const howToRun = "Give it what `pulumi preview --json --show-sames` prints on standard output.";

/**
 * Reads what `pulumi preview --json --show-sames` printed, one step for each resource. A preview that failed is none: nobody can
 * tell what it left out. Nor is one without the unchanged resources: whether uids clash, or a revocation is missing, shows in
 * the whole only.
 */
export function readDigest(text: string): Reading<readonly DigestStep[]> {
  if (text.trim() === "")
    return refuse("There is no preview: Pulumi printed nothing.", `Read what it said. ${howToRun}`);
  const data = dataIn(text);
  if (data === undefined) return refuse("The preview is not JSON.", howToRun);
  const parsed = digest.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(
      `The preview has not the form that Pulumi 3.248.0 writes (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}).`,
      howToRun,
    );
  }
  const { steps, diagnostics, changeSummary, maybeCorrupt } = parsed.data;
  const errors = (diagnostics ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0 || maybeCorrupt === true) {
    const said = errors.map(({ message }) => printable(message.replace(/^error: /, ""))).join(" ");
    return refuse(
      `The preview failed, so it does not show all that would happen: ${said}`,
      "Mend that, then run the preview again.",
    );
  }
  if (changeSummary === undefined || steps.length === 0)
    return refuse("The preview was cut off: it has no summary.", "Run it again.");
  const shown = steps.filter(({ op }) => op === "same").length;
  const unshown = (changeSummary["same"] ?? 0) - shown;
  if (unshown > 0)
    return refuse(`The preview leaves out ${unshown} resources that stay as they are.`, howToRun);
  return accept(merged(steps));
}

type RawStep = z.infer<typeof digest>["steps"][number];

/** A replacement has several steps. What is lost counts: a resource that is replaced is replaced, whatever else happens to it. */
function merged(steps: readonly RawStep[]): readonly DigestStep[] {
  const byUrn = new Map<string, DigestStep>();
  for (const { op, urn, oldState, newState, diffReasons } of steps) {
    const known = byUrn.get(urn);
    const fate = worse(known?.fate, meanings[op]);
    const before = known?.before ?? oldState;
    const after = op === "delete" || op === "delete-replaced" ? known?.after : (newState ?? known?.after);
    byUrn.set(urn, {
      urn,
      ...(fate === undefined ? {} : { fate }),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      inputs: [...new Set([...(known?.inputs ?? []), ...(diffReasons ?? [])])].map(printable).sort(),
    });
  }
  return [...byUrn.values()];
}

const fates: readonly Fate[] = ["update", "import", "create", "delete", "replace"];

function worse(known: Fate | undefined, next: Fate | "none"): Fate | undefined {
  if (next === "none") return known;
  return known === undefined || fates.indexOf(next) > fates.indexOf(known) ? next : known;
}

/** Text of a preview that is shown: one line, and no escape sequences. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, " ").trim();
}

function dataIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
