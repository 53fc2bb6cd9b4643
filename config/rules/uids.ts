import { assignUids } from "../uids";
import { show } from "../show";
import { directoryOf, leftOn } from "./rule";
import type { Rule } from "./rule";

/** A uid that is used twice gives one person the files of the other. */
export const uidsAreNotShared: Rule = (draft) => {
  const directory = directoryOf(draft);
  return assignUids(draft.people).clashes.map(({ login, uid, ...clash }) => {
    const other = directory.get(clash.with);
    const belongs = other?.left === undefined ? "belongs" : "already belonged";
    return {
      path: ["people", login, "uid"],
      sentence: `The uid ${uid} (or ${uid + 1}, which the agent gets) ${belongs} to ${show(clash.with)}${other === undefined ? "" : leftOn(other)}; uids are never shared or reused.`,
      fix: "Choose another uid, or remove it: uids are derived from the login.",
    };
  });
};

/** The next choice depends on who stands above. Written down, it does not. */
export const derivedUidsAreTheirOwn: Rule = (draft) => {
  const { moved, uids } = assignUids(draft.people);
  return moved.map(({ login, by }) => ({
    path: ["people", login],
    point: "key" as const,
    sentence: `${show(login)} would get the uid of ${show(by)}, so the next choice ${uids.get(login) ?? 0} is used.`,
    fix: `Pin it with uid: ${uids.get(login) ?? 0}, so that it does not depend on the order of the file.`,
  }));
};
