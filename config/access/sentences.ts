import { enclaves } from "../enclaves";
import { limitsDifference } from "../limits";

import { openingOf, type TerminalName } from "../terminals";
import { agentOf } from "../names";
import type { Change } from "./change";
import { grantSentence } from "./grant-sentences";
import { keyText, personSentence } from "./person-sentences";
import { placeIn, sharesIn } from "./places";
import { plainQuote } from "./quote";
import type { Quote } from "./quote";

/**
 * A change in plain words: who, what, where, and what becomes of what is there. People are named and never
 * referred to by a pronoun.
 */
export function sentenceOf(change: Change, quote: Quote = plainQuote): string {
  switch (change.kind) {
    case "joined":
    case "returned":
    case "left":
    case "moved":
    case "vanished":
    case "accounts removed":
    case "server destroyed":
    case "snapshot deleted":
    case "locked server made":
    case "uid reserved":
    case "day of leaving changed":
      return personSentence(change);
    case "key added":
      return `${change.login} can also log in to ${placeIn(change, change.login)} with the key ${keyText(change.key)}.`;
    case "key removed":
      return `${change.login} can no longer log in to ${placeIn(change, change.login)} with the key ${keyText(change.key)}.`;
    case "enclave changed":
      return `The key ${keyText(change.key)} of ${change.login} ${change.after === undefined ? "is no longer said to live in hardware" : "is now said to live there"}${change.before === undefined ? "" : `; until now it was said to live in ${enclaves[change.before].name}`}. Nothing proves it.`;
    case "key policy changed":
      return change.after === "any"
        ? "Keys may lie in files again, and security keys need not verify their user any more."
        : "Only keys that live in hardware may log in. Security keys must verify their user (PIN or finger) at each login: one that was made without -O verify-required can no longer log in.";
    case "terminal changed":
      return terminalSentence(change.before, change.after);
    case "uid changed":
      return `The uid of ${change.login} changes from ${change.before} to ${change.after}: the files of ${change.login} would belong to nobody. pulumi up refuses this for a person whom the stack knows.`;
    case "server type changed":
      return `${placeIn(change, change.login)} is resized from ${change.before} to ${change.after}. It stops for a minute or two, and ${sharesIn(change, change.login) ? "the sessions of all agents" : "the agent's sessions"} on it end.`;
    case "image changed":
      return `The image of ${placeIn(change, change.login)} changes from ${change.before} to ${change.after} in the file. A running server keeps its image; the change is ignored.`;
    case "backups changed":
      return change.after
        ? `Hetzner keeps daily backups of ${placeIn(change, change.login)} from now on.`
        : `Hetzner keeps no backups of ${placeIn(change, change.login)} any more, and deletes those that there are.`;
    case "tools changed":
      return toolSentence(
        sharesIn(change, change.login)
          ? `For ${change.login} on ${placeIn(change, change.login)}`
          : `On ${placeIn(change, change.login)}`,
        change.added,
        change.removed,
      );
    case "limits changed":
      return `The limits of ${agentOf(change.login)} change: ${limitsDifference(change.before, change.after)}.`;
    case "repositories changed":
      return repositorySentence(change.login, change.added, change.removed);
    case "git changed":
      return gitSentence(change.login, change.added, change.removed);
    case "name changed":
      return `The display name of ${change.login} is ${change.after === undefined ? "taken out" : `now ${quote(change.after)}`}${change.before === undefined ? "" : `; it was ${quote(change.before)}`}.`;
    case "grant added":
    case "grant removed":
    case "mode changed":
    case "end changed":
    case "reason changed":
    case "ended grant edited":
      return grantSentence(change, quote);
  }
}

function terminalSentence(before: TerminalName, after: TerminalName): string {
  const ports = (name: TerminalName): string => {
    const opening = openingOf(name);
    return opening === undefined ? "" : `${opening.protocol} ${opening.port}`;
  };
  const closed = `${ports(before)} is closed on all servers, and what is open over ${before} there ends`;
  if (after === "ssh") return `People come by ssh alone: ${closed}.`;
  const opened = `People can come by ${after} beside ssh: ${ports(after)} is opened on all servers, to the networks that may reach ssh`;
  return before === "ssh" ? `${opened}.` : `${opened}; ${closed}.`;
}

function repositorySentence(login: string, added: readonly string[], removed: readonly string[]): string {
  const parts = [
    ...(added.length === 0 ? [] : [`${added.join(" and ")} ${added.length === 1 ? "is" : "are"} cloned`]),
    ...(removed.length === 0
      ? []
      : [`${removed.join(" and ")} ${removed.length === 1 ? "stays" : "stay"} as it is, no longer listed`]),
  ];
  return `In the workspace of ${login}, ${parts.join("; ")}.`;
}

function gitSentence(login: string, added: readonly string[], removed: readonly string[]): string {
  const parts = [
    ...(added.length === 0 ? [] : [`new is ${added.join(" and ")}`]),
    ...(removed.length === 0 ? [] : [`gone is ${removed.join(" and ")}`]),
  ];
  return `How ${agentOf(login)} uses git changes: ${parts.join("; ")}.`;
}

function toolSentence(where: string, added: readonly string[], removed: readonly string[]): string {
  const parts = [
    ...(added.length === 0 ? [] : [`${added.join(" and ")} ${added.length === 1 ? "is" : "are"} installed`]),
    ...(removed.length === 0
      ? []
      : [`${removed.join(" and ")} ${removed.length === 1 ? "is" : "are"} removed`]),
  ];
  return `${where}, ${parts.join("; ")}.`;
}
