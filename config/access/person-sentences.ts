import { enclaves } from "../enclaves";
import { agentOf } from "../names";
import type { Change, PersonChange, ShownKey } from "./change";
import { placeIn, sharesIn } from "./places";

/** A change of somebody's standing in plain words. */
export function personSentence(change: PersonChange & Pick<Change, "shared">): string {
  const { login } = change;
  const [server, agent] = [placeIn(change, login), agentOf(login)];
  const isShared = sharesIn(change, login);
  switch (change.kind) {
    case "joined":
      return `${login} joins (uid ${change.uid}): ${isShared ? `on the shared server ${server} (${change.server.type}, ${change.server.image}) the account ${login} with` : `a new server ${server} (${change.server.type}, ${change.server.image}), the account ${login} on it with`} ${keysText(change.keys)}, and the agent ${agent}${change.agents.length === 0 ? "" : ` with ${change.agents.join(" and ")}`}.`;
    case "returned":
      return `${login}, who had left, comes back: ${login} can log in to ${change.server === "new" && !isShared ? `a new server ${server}` : server} with ${keysText(change.keys)} and act as ${agent} there.`;
    case "left":
      return `${login} has left (${change.on}). ${login} can no longer log in to ${server} or act as ${agent}: the keys are removed, open terminals end, ${agent} is stopped.${change.server === "kept" ? ` ${isShared ? "The accounts stay there" : `${server} is kept`}, locked.` : ""}`;
    case "moved":
      return `${login} moves from ${change.from} to ${change.to}, with the same uid: from then on ${login} can log in to ${change.to} and act as ${agent} there. Nothing is copied. On ${change.from} what is open ends, the homes of ${login} and ${agent} are archived for root, and the workspace stays, closed, as long as there is that server.`;
    case "accounts removed":
      return `The accounts ${login} and ${agent} on ${server} are removed; their homes are archived there for root, and the workspace stays, closed. ${server} stays: others are on it.`;
    case "vanished":
      return `${login} disappears from the file. ${change.was === "destroyed" ? "" : isShared ? `The accounts on ${server} are removed. ` : `${server} is destroyed with all that is on it. `}The uid ${change.uid} is no longer reserved. pulumi up refuses this: the entry must stay, with left: YYYY-MM-DD.`;
    case "server destroyed":
      return `${change.snapshot ? `A snapshot of the disk of ${server} is made and kept; then the server is destroyed.` : `${server} is destroyed with all that is on it.`}${change.was === "active" ? " Nobody will have looked through it; where servers are protected, pulumi up refuses this." : ""}`;
    case "snapshot deleted":
      return `The snapshot of the last disk of ${server} is deleted.`;
    case "locked server made":
      return `${login} has left and has no ${isShared ? `account on ${server}: locked ones are` : `server: an empty ${server} is`} made${isShared ? "" : ", locked"}. It is probably a mistake; left: { on: YYYY-MM-DD, server: destroyed } makes none.`;
    case "uid reserved":
      return `The entry of ${login}, who has left, is new in the file. It keeps the uid ${change.uid} reserved.`;
    case "day of leaving changed":
      return `The day on which ${login} left changes from ${change.before} to ${change.after}.`;
  }
}

function keysText(keys: readonly ShownKey[]): string {
  return `${keys.length === 1 ? "the key" : "the keys"} ${keys.map(keyText).join(", ")}`;
}

/** A key by its fingerprint, with what its owner says of where it lives, and a warning when it was somebody else's. */
export function keyText({ type, fingerprint, enclave, formerOwner }: ShownKey): string {
  const place = enclave === undefined ? "" : `, by its owner's word in ${enclaves[enclave].name}`;
  const warning = formerOwner === undefined ? "" : ` (until now the key of ${formerOwner})`;
  return `${fingerprint} (${type}${place})${warning}`;
}
