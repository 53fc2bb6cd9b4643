import type { CredentialsDocument } from "../../components/credentials-document";
import { throwAwayKey } from "../support/throw-away-key";
import type { AccessDocument } from "./access-on-server";
import type { PreparedServer } from "./prepared-server";

/** What a server's audit finds, as `cli/audit-server.ts` reads it: JSON with `clock` and `findings`. Must succeed. */
export function auditOf(
  server: Pick<PreparedServer, "must">,
  document: AccessDocument,
  agents: CredentialsDocument["agents"] = {},
): Promise<string> {
  const deployKey = throwAwayKey("deploy").publicKey.split(" ").slice(0, 2).join(" ");
  const credentials: CredentialsDocument = { agents, server: document.server, version: 1 };
  const rest = { software: {}, sshFrom: [], tools: null, workplaces: null };
  const request = { deployKey, document, credentials, ...rest };
  return server.must("/usr/local/lib/team-runtime/audit", JSON.stringify(request));
}
