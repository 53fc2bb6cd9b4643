import { accessMatrix } from "../../config/access/matrix";
import type { AccessMatrix } from "../../config/access/matrix";
import { keyLine, now, teamOf } from "./sample";

const names = "wes nadia marcus kim lou ada ben cleo dev-ops emil fay gus hana ivo jun".split(" ");

/** Free text that would be markup in HTML, in Markdown and in a spreadsheet. */
export const hostileReason = "=1+1 <script>alert('x')</script> \"&amp;\" | @all `code` **b**";

/**
 * A team of one, of 15 with every kind of grant and two leavers, or of any other size, in which the first leads
 * everybody and every tenth leads the nine after them.
 */
export function accessTeamText(size: number): string {
  const people = size === 15 ? names : namesOf(size);
  const entries = people.map((name) => `  ${name}: { keys: ['${keyLine(name)}'] }\n`);
  const leavers =
    size === 15
      ? "  zoe: { left: 2026-11-01 }\n  yan: { left: { on: 2026-02-01, server: destroyed } }\n"
      : "";
  const grants = size === 15 ? fewGrants() : manyGrants(people);
  return [
    "defaults: { server: { type: cx22 }, agents: [claude] }\npeople:\n",
    ...entries,
    leavers,
    ...(grants.length === 0 ? [] : ["grants:\n", ...grants.map((grant) => `  - { ${grant} }\n`)]),
  ].join("");
}

/** The matrix of that team at the moment of these tests. */
export function accessMatrixOf(size: number): AccessMatrix {
  return accessMatrix(teamOf(accessTeamText(size)), now);
}

function namesOf(size: number): readonly string[] {
  return Array.from({ length: size }, (_, index) => `person${String(index + 1).padStart(3, "0")}`);
}

function fewGrants(): readonly string[] {
  return [
    "lead: marcus, over: wes",
    "lead: marcus, over: nadia, until: 2026-11-25T12:00:00Z, reason: onboarding",
    "lead: marcus, over: kim, mode: watch",
    `lead: ada, over: ben, mode: watch, until: 2026-12-06T12:00:00Z, reason: '${hostileReason.replaceAll("'", "''")}'`,
    "lead: ada, over: wes, mode: watch, until: 2026-12-06T12:00:01Z, reason: pairing on the billing migration until the end of the freeze",
    "lead: dev-ops, over: wes, mode: watch",
    "lead: hana, over: ivo, until: 2026-11-22T18:00:00Z",
  ];
}

function manyGrants([first, ...others]: readonly string[]): readonly string[] {
  const tens = others.filter((_, index) => index % 10 === 9);
  const nines = tens.flatMap((lead) =>
    others
      .slice(others.indexOf(lead) + 1, others.indexOf(lead) + 10)
      .map((over) => `lead: ${lead}, over: ${over}, mode: watch`),
  );
  return [...others.map((over) => `lead: ${first ?? ""}, over: ${over}`), ...nines];
}
