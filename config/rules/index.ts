import type { Draft } from "../draft";
import type { PathFinding } from "../schema-problems";
import * as git from "./git";
import * as grants from "./grants";
import * as keys from "./keys";
import * as people from "./people";
import type { Rule, RuleContext } from "./rule";
import * as servers from "./servers";
import * as uids from "./uids";

/** What a team file must hold true across its parts. */
const rules: readonly Rule[] = [
  people.someoneIsActive,
  people.loginsCanBeUsed,
  people.loginsDifferByMoreThanCase,
  people.activePeopleHaveAKey,
  servers.everyServerHasAType,
  servers.sharedNamesCanBeUsed,
  servers.sharedServersAreNobodysOwn,
  servers.serverSettingsAreUsed,
  servers.noSnapshotForOneOfMany,
  servers.sharedToolsHaveOneVersion,
  keys.keysHaveOneOwner,
  keys.throwawayKeysStayInTheSandbox,
  keys.keysLiveInHardware,
  uids.uidsAreNotShared,
  git.gitHostsHaveNames,
  git.gitHostsAreKnown,
  git.keysHaveAKnownHost,
  grants.grantsNamePeople,
  grants.nobodyLeadsThemselves,
  grants.oneGrantForEachPair,
  grants.grantsNameNoLeavers,
  grants.grantsEndWithinAYear,
];

/** What is allowed, but may be a mistake. */
const advice: readonly Rule[] = [
  people.leavingIsNotAhead,
  servers.sharedServersAreShared,
  uids.derivedUidsAreTheirOwn,
  git.repositoriesOverSshHaveAKey,
  grants.noTwoLeadEachOther,
];

/** More than this is no team, and uids would run out. */
const mostPeople = 2000;

/** What the rules find: problems, which keep the file from being a team file, and warnings, which do not. */
export function checkRules(
  draft: Draft,
  context: RuleContext,
): { readonly problems: readonly PathFinding[]; readonly warnings: readonly PathFinding[] } {
  const { length } = draft.people;
  if (length > mostPeople) {
    const sentence = `There are ${length} people, more than ${mostPeople}.`;
    return {
      problems: [{ path: ["people"], sentence, fix: "Check that it is the right file." }],
      warnings: [],
    };
  }
  const apply = (list: readonly Rule[]): readonly PathFinding[] =>
    list.flatMap((rule) => rule(draft, context));
  return { problems: apply(rules), warnings: apply(advice) };
}
