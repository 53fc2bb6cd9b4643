import { throwAwayKey } from "../support/throw-away-key";
import type { AccessDocument } from "./access-on-server";
import type { PreparedServer } from "./prepared-server";

/** What a server's audit finds, as `cli/audit-server.ts` reads it: JSON with `clock` and `findings`. Must succeed. */
export function auditOf(server: PreparedServer, document: AccessDocument): Promise<string> {
  const deployKey = throwAwayKey("deploy").publicKey.split(" ").slice(0, 2).join(" ");
  const request = { deployKey, document, software: {}, sshFrom: [], tools: null, workplaces: null };
  return server.must("/usr/local/lib/team-runtime/audit", JSON.stringify(request));
}
