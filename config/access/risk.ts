import { byName } from "../names";
import type { Change } from "./change";

/** What a change can do that cannot be taken back, from the worst on; the order in which a reviewer reads. */
export const risks = ["widens", "destroys", "removes", "other"] as const;

/**
 * - `widens`: somebody gets access, or gets it for longer. First, because what an attacker has seen by then is lost for good.
 * - `destroys`: a server, files or a running agent are lost or interrupted.
 * - `removes`: access ends. If it was a mistake, it can be given back.
 * - `other`: nothing of it.
 */
export type Risk = (typeof risks)[number];

/** Every kind of change in the order in which it is read; within a kind, by the server that it is about, then the lead. */
const order: readonly Change["kind"][] = [
  "joined",
  "returned",
  "key policy changed",
  "terminal changed",
  "moved",
  "key added",
  "grant added",
  "mode changed",
  "end changed",
  "vanished",
  "server destroyed",
  "snapshot deleted",
  "uid changed",
  "server type changed",
  "left",
  "accounts removed",
  "key removed",
  "grant removed",
  "locked server made",
  "tools changed",
  "limits changed",
  "repositories changed",
  "git changed",
  "image changed",
  "backups changed",
  "enclave changed",
  "reason changed",
  "ended grant edited",
  "uid reserved",
  "day of leaving changed",
  "name changed",
];

/** How a change is to be read. */
export function riskOf(change: Change): Risk {
  switch (change.kind) {
    case "joined":
    case "returned":
    case "moved":
    case "key added":
    case "grant added":
      return "widens";
    case "mode changed":
      return change.after === "attach" ? "widens" : "removes";
    case "key policy changed":
      return change.after === "any" ? "widens" : "removes";
    case "terminal changed":
      return change.after === "ssh" ? "removes" : "widens";
    case "end changed":
      return endOf(change.after) > endOf(change.before) ? "widens" : "removes";
    case "backups changed":
      return change.after ? "other" : "destroys";
    case "vanished":
      return change.was === "destroyed" ? "other" : "destroys";
    case "server destroyed":
    case "snapshot deleted":
    case "uid changed":
    case "server type changed":
      return "destroys";
    case "left":
    case "accounts removed":
    case "key removed":
    case "grant removed":
      return "removes";
    case "locked server made":
    case "tools changed":
    case "limits changed":
    case "repositories changed":
    case "git changed":
    case "image changed":
    case "enclave changed":
    case "reason changed":
    case "ended grant edited":
    case "uid reserved":
    case "day of leaving changed":
    case "name changed":
      return "other";
  }
}

/** For sorting: by risk, then by kind, then by the person whose server it is, then by the lead or the key. */
export function byRisk(left: Change, right: Change): number {
  return (
    risks.indexOf(riskOf(left)) - risks.indexOf(riskOf(right)) ||
    order.indexOf(left.kind) - order.indexOf(right.kind) ||
    byName(ownerOf(left), ownerOf(right)) ||
    byName(detailOf(left), detailOf(right))
  );
}

/** Without an end, a grant ends after all others. */
function endOf(until: string | undefined): number {
  return until === undefined ? Infinity : Date.parse(until);
}

function ownerOf(change: Change): string {
  if ("grant" in change) return change.grant.over;
  if ("over" in change) return change.over;
  return "login" in change ? change.login : "";
}

function detailOf(change: Change): string {
  if ("grant" in change) return change.grant.lead;
  if ("lead" in change) return change.lead;
  return "key" in change ? change.key.fingerprint : "";
}
