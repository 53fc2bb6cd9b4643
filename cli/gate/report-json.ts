import { diffDocument } from "../diff-json";
import { refusalsOf, type GateReport } from "./report";

/** The report as JSON, as `docs/gate.md` describes it. */
export function formatGateJson(report: GateReport): string {
  const { team, preview } = report;
  const document = {
    version: 1,
    verdict: refusalsOf(report).length === 0 ? "fine" : "refused",
    refusals: refusalsOf(report),
    ...(team === undefined ? {} : { team: diffDocument(team) }),
    ...(preview === undefined ? {} : { preview: { ...preview, refusals: undefined } }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
