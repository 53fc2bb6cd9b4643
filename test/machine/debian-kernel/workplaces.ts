import { formatDocument } from "../../../components/canonical-json";
import type { WorkplaceDocument, WorkplaceRow } from "../../../components/workplace-document";

/** The program that takes a workplace document. */
export const applier = "/usr/local/lib/team-runtime/apply-workplaces";
const usual: WorkplaceRow["limits"] = { cpu: null, disk: null, memory: "75%", tasks: 4096 };

/** The workplace document of a server of Wes's, with these limits beside the usual ones. */
export function withLimits(limits: Partial<WorkplaceRow["limits"]>): string {
  const wes: WorkplaceRow = {
    agent: "wes-agent",
    git: { email: "wes-agent@acme.example", name: "wes-agent (agent of wes)" },
    limits: { ...usual, ...limits },
    repositories: {},
  };
  const document: WorkplaceDocument = { server: "dev-wes", workplaces: { wes }, version: 1 };
  return formatDocument(document);
}
