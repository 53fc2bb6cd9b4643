import { agentOf } from "../names";
import type { Grant } from "../team";
import type { Change, GrantChange } from "./change";
import { placeIn } from "./places";
import type { Quote } from "./quote";

const edits = { added: "added to", removed: "taken out of", changed: "changed in" } as const;

/** A change of a grant in plain words. */
export function grantSentence(change: GrantChange & Pick<Change, "shared">, quote: Quote): string {
  const { lead, over } = "grant" in change ? change.grant : change;
  const [server, from, agent] = [placeIn(change, over), placeIn(change, lead), agentOf(over)];
  const name = `The grant of ${lead} over ${over} (${agent} on ${server})`;
  switch (change.kind) {
    case "grant added":
      return `${lead} can now ${verb(change.grant)} on ${server}, ${change.grant.until === undefined ? "without an end" : `until ${change.grant.until}`}${change.grant.reason === undefined ? "" : `, because: ${quote(change.grant.reason)}`}.${server === from ? "" : ` ${lead} gets an account there, and a key for it from ${from}.`}`;
    case "grant removed":
      return `${lead} can no longer ${verb(change.grant)} on ${server}. ${accountText(change, lead, server)}`;
    case "mode changed":
      return change.after === "attach"
        ? `${lead} can now act as ${agent} on ${server}; until now ${lead} could only watch.`
        : `${lead} can no longer act as ${agent} on ${server}, only watch its sessions.`;
    case "end changed":
      return `${name} ${endText(change.before, change.after)}.`;
    case "reason changed":
      return `${name} ${reasonText(change.before, change.after, quote)}.`;
    case "ended grant edited":
      return `${name} has ended and is ${edits[change.edit]} the file. It gives no access before or after.`;
  }
}

/** On a shared server the lead may work too, or lead others: then the account stays. */
function accountText(change: Pick<Change, "shared">, lead: string, server: string): string {
  if (placeIn(change, lead) === server)
    return `${lead} works there, so the account stays; what is open as that agent ends.`;
  const unless = Object.values(change.shared ?? {}).includes(server)
    ? ", unless another grant holds there"
    : "";
  return `The account and key of ${lead} there are removed${unless}; open terminals end.`;
}

function verb({ mode, over }: Grant): string {
  return mode === "attach" ? `act as ${agentOf(over)}` : `watch the sessions of ${agentOf(over)}`;
}

function endText(before: string | undefined, after: string | undefined): string {
  if (after === undefined) return `no longer ends by itself; it was to end at ${before ?? "no time"}`;
  if (before === undefined) return `ends at ${after}; it had no end`;
  return `ends ${Date.parse(after) > Date.parse(before) ? "later" : "earlier"}, at ${after}; it was to end at ${before}`;
}

function reasonText(before: string | undefined, after: string | undefined, quote: Quote): string {
  const was = before === undefined ? "it had none" : `it was ${quote(before)}`;
  return after === undefined ? `has no reason any more; ${was}` : `has the reason ${quote(after)}; ${was}`;
}
