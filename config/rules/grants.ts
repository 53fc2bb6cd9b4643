import { formatInstant } from "../instants";
import { isAgentLogin } from "../names";
import type { PathFinding } from "../schema-problems";
import { show } from "../show";
import { didYouMean } from "../suggest";
import { directoryOf, leftOn } from "./rule";
import type { Rule } from "./rule";

/** The longest time for which a grant with an end may be given: a year, and a day for leap years. */
export const longestGrantDays = 366;

/** Beyond this, looking for what was meant takes longer than finding it by eye. */
const mostSuggestions = 1000;

const roles = ["lead", "over"] as const;

/** `lead` and `over` are people of the file. */
export const grantsNamePeople: Rule = (draft) => {
  const directory = directoryOf(draft);
  const logins = draft.people.length > mostSuggestions ? [] : [...directory.keys()];
  return draft.grants.flatMap((grant) =>
    roles.flatMap((role): PathFinding[] => {
      const name = grant[role];
      if (name === undefined || directory.has(name)) return [];
      return [{ path: [...grant.path, role], ...notAPerson(name, logins) }];
    }),
  );
};

function notAPerson(name: string, logins: readonly string[]): { sentence: string; fix: string } {
  if (name === "*" || /^(?:all|any|any(?:one|body)|every(?:one|body))$/i.test(name)) {
    return {
      sentence: `${show(name)} would mean everybody, and a grant names one person.`,
      fix: "Write one grant for each person.",
    };
  }
  if (name === "root")
    return {
      sentence: '"root" is not a person: nobody gets root by a grant.',
      fix: "Write the login of a person.",
    };
  const owner = name.replace(/-agent$/, "");
  if (isAgentLogin(name) && logins.includes(owner)) {
    return {
      sentence: `${show(name)} is an agent; grants name people.`,
      fix: `Write "${owner}": a lead gets the agent of that person.`,
    };
  }
  return {
    sentence: `${show(name)} is not in people.${didYouMean(name, logins)}`,
    fix: "Write the login of a person of this file, or add the person.",
  };
}

/** Everybody has their own agent. */
export const nobodyLeadsThemselves: Rule = ({ grants }) =>
  grants
    .filter(({ lead, over }) => lead !== undefined && lead === over)
    .map(({ path, lead }) => ({
      path,
      sentence: `${show(lead ?? "")} already has their own agent.`,
      fix: "Remove the grant.",
    }));

/** Of two grants for one pair, the wider or longer would win, and a reviewer may have read the other. */
export const oneGrantForEachPair: Rule = ({ grants }) => {
  const first = new Map<string, number>();
  return grants.flatMap(({ path, lead, over }, index): PathFinding[] => {
    if (lead === undefined || over === undefined) return [];
    const pair = JSON.stringify([lead, over]);
    const earlier = first.get(pair);
    if (earlier !== undefined) {
      return [
        {
          path,
          sentence: `${show(lead)} over ${show(over)} is granted already in grants[${earlier}].`,
          fix: "Merge the two into one grant.",
        },
      ];
    }
    first.set(pair, index);
    return [];
  });
};

/** Whoever has left has no access, and nobody leads an agent that is stopped. */
export const grantsNameNoLeavers: Rule = (draft) => {
  const directory = directoryOf(draft);
  return draft.grants.flatMap((grant) =>
    roles.flatMap((role): PathFinding[] => {
      const person = grant[role] === undefined ? undefined : directory.get(grant[role]);
      if (person?.hasLeft !== true) return [];
      return [
        {
          path: [...grant.path, role],
          sentence: `The leaver ${show(person.login)}${leftOn(person)} is still named in this grant.`,
          fix: "Remove the grant.",
        },
      ];
    }),
  );
};

/** A grant that has ended says something that does not hold any more; one without a near end is not a limited one. */
export const grantsEndWithinAYear: Rule = ({ grants }, { now }) =>
  grants.flatMap(({ path, until }): PathFinding[] => {
    if (until === undefined) return [];
    const end = Date.parse(until);
    const latest = now + longestGrantDays * 86_400_000;
    const place = [...path, "until"];
    if (end <= now) {
      return [
        {
          path: place,
          sentence: `The grant ended at ${until}, which is in the past.`,
          fix: "Remove the grant, or give it a new end.",
        },
      ];
    }
    if (end <= latest) return [];
    return [
      {
        path: place,
        sentence: `The grant ends at ${until}, more than ${longestGrantDays} days ahead.`,
        fix: `Write an end before ${formatInstant(latest)}, or no end.`,
      },
    ];
  });

/** Two people who lead each other are equals. That may be meant, and it may be a mistake. */
export const noTwoLeadEachOther: Rule = ({ grants }) => {
  const pairs = new Set(grants.map(({ lead, over }) => JSON.stringify([lead, over])));
  return grants
    .filter(({ lead, over }) => lead !== undefined && over !== undefined && lead < over)
    .filter(({ lead, over }) => pairs.has(JSON.stringify([over, lead])))
    .map(({ path, lead, over }) => ({
      path,
      sentence: `${show(lead ?? "")} and ${show(over ?? "")} lead each other.`,
      fix: "Nothing, if it is meant.",
    }));
};
