import { accessOn, type AccessDocument, type Lead } from "../access-on-server";

/** Whose grant ends here. */
export const marcusLeads: Lead = { lead: "marcus", over: "wes" };

/** A server of Wes's, whom Nadia leads, and these. */
export const documentWith = (...leads: readonly Lead[]): AccessDocument =>
  accessOn("dev-wes", [{ login: "wes" }], [{ lead: "nadia", over: "wes" }, ...leads]);
