import { matrixDifference, type MatrixDifference } from "../../config/access/difference";
import { accessMatrix, type AccessRow } from "../../config/access/matrix";
import { byName } from "../../config/names";
import { plan } from "../../config/plan";
import type { Team } from "../../config/team";
import { accessDocuments, knownDocuments } from "../../invariants/access-documents";
import { accessRows } from "../../invariants/access-rows";
import { brokenInvariants } from "../../invariants/index";
import { notKnown, types, type StackResources } from "../../invariants/resource";
import type { Preview, PreviewStep } from "./preview";
import { rowSentence } from "./words";

/** Something for which a change must not go on as it is. */
export interface Refusal {
  /** A server or another resource. */
  readonly about: string;
  /** For tools: the name of an invariant, `server-destroyed`, `server-replaced` or `not-the-team-file`. */
  readonly name: string;
  /** What is wrong; continues `dev-wes: `. */
  readonly sentence: string;
  readonly fix: string;
}

/** What a preview would do, and what is wrong with it. */
export interface Judgement {
  readonly stack: string;
  readonly refusals: readonly Refusal[];
  /** By the lines that are and would be in force. */
  readonly access: MatrixDifference;
  readonly steps: readonly PreviewStep[];
  /** Servers that are destroyed or replaced and may be. */
  readonly permitted: readonly string[];
  /** Servers that might be destroyed, and are not. */
  readonly unusedPermissions: readonly string[];
  /** Servers of which the exact lines are known only during the update. */
  readonly late: readonly string[];
}

/**
 * Judges a preview.
 *
 * @param team What the team file says after the change: what the preview does must be that, and nothing else.
 * @param allowed Servers that may be destroyed or replaced.
 * @param now Milliseconds since 1970.
 */
export function judge(preview: Preview, team: Team, allowed: readonly string[], now: number): Judgement {
  const { before, after, steps } = preview;
  const rows = accessRows(after, now);
  const lost = serversLost(steps);
  return {
    stack: after.stack,
    refusals: [
      ...lost.filter(({ server }) => !allowed.includes(server)).map(refusalOf),
      ...notTheTeamFile(rows, accessMatrix(team, now).rows),
      ...unverifiedUsers(after, team),
      ...brokenInvariants(after).map(({ resource, sentence, invariant }) => ({
        about: resource,
        name: invariant.name,
        sentence: `${sentence} ${invariant.sentence}`,
        fix: invariant.remedy,
      })),
    ],
    access: matrixDifference({ rows: accessRows(before, now) }, { rows }),
    steps,
    permitted: lost.map(({ server }) => server).filter((server) => allowed.includes(server)),
    unusedPermissions: allowed.filter((name) => lost.every(({ server }) => server !== name)),
    late: accessDocuments(after)
      .filter(({ document }) => document === notKnown)
      .map(({ server }) => server)
      .sort(byName),
  };
}

interface LostServer {
  readonly server: string;
  readonly fate: "delete" | "replace";
}

function serversLost(steps: readonly PreviewStep[]): readonly LostServer[] {
  return steps.flatMap(({ type, name, fate }) =>
    type === types.server && (fate === "delete" || fate === "replace") ? [{ server: name, fate }] : [],
  );
}

function refusalOf({ server, fate }: LostServer): Refusal {
  return {
    about: server,
    name: fate === "delete" ? "server-destroyed" : "server-replaced",
    sentence: `the server would be ${fate === "delete" ? "destroyed" : "replaced by an empty one"}, with all that is on it.`,
    fix: `If that is meant and what is on it is saved: --allow-destroy ${server}, or the label allow-destroy:${server} on the pull request.`,
  };
}

const otherProgram =
  "Run the preview again with this team file and the program of this revision (npm run build). If it stays, the program does something else than the file says: do not apply it.";

/** Security keys for which sshd would not ask that their user be verified, although the team file has it so. */
function unverifiedUsers(after: StackResources, team: Team): readonly Refusal[] {
  const keys = plan(team).servers.flatMap(({ humans }) => humans.flatMap((human) => human.keys));
  const asked = new Set(keys.flatMap((key) => (key.verifyRequired ? [key.fingerprint] : [])));
  return knownDocuments(after).flatMap(({ server, document }) =>
    Object.values(document.keys)
      .flatMap((lines) => Object.entries(lines))
      .filter(([fingerprint, line]) => asked.has(fingerprint) && !line.startsWith("verify-required "))
      .map(([fingerprint]) => ({
        about: server,
        name: "not-the-team-file",
        sentence: `the security key ${fingerprint} would open it without its user being verified, although the team file has keyPolicy: hardware.`,
        fix: otherProgram,
      })),
  );
}

/** Where what would be in force is not what the team file says. */
function notTheTeamFile(rows: readonly AccessRow[], wanted: readonly AccessRow[]): readonly Refusal[] {
  const { gained, lost, changed } = matrixDifference({ rows: wanted }, { rows });
  const refusal = (row: AccessRow, sentence: string): Refusal => ({
    about: row.server,
    name: "not-the-team-file",
    sentence,
    fix: otherProgram,
  });
  return [
    ...gained.map((row) => refusal(row, `${rowSentence(row, "could")}, and the team file does not say so.`)),
    ...lost.map((row) => refusal(row, `${rowSentence(row, "could not")}, although the team file says so.`)),
    ...changed.map(({ before, after }) =>
      refusal(after, `${rowSentence(after, "could")}; by the team file, ${rowSentence(before, "can")}.`),
    ),
  ];
}
