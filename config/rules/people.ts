import { readLogin } from "../logins";
import type { PathFinding } from "../schema-problems";
import { show } from "../show";
import { directoryOf } from "./rule";
import type { Rule } from "./rule";

/** An emptied file would take the access of everybody on all servers. */
export const someoneIsActive: Rule = ({ people, hasPeople }) => {
  if (!hasPeople || people.some((person) => !person.hasLeft)) return [];
  const sentence = people.length === 0 ? "There is nobody in the team." : "Everybody in the team has left.";
  return [
    {
      path: ["people"],
      sentence: `${sentence} Nobody could log in anywhere.`,
      fix: "Keep at least one active person. To take everything down, use pulumi destroy.",
    },
  ];
};

/** A login becomes a name in sudoers, a file name, a host name and a word on a command line. */
export const loginsCanBeUsed: Rule = ({ people }) =>
  people.flatMap(({ login, path }): PathFinding[] => {
    const reading = readLogin(login);
    return reading.ok ? [] : [{ path, point: "key", ...reading.finding }];
  });

/** Some file systems and mail systems ignore case, and so do readers. */
export const loginsDifferByMoreThanCase: Rule = (draft) => {
  const directory = directoryOf(draft);
  return draft.people
    .filter(({ login }) => login !== login.toLowerCase() && directory.has(login.toLowerCase()))
    .map(({ login, path }) => ({
      path,
      point: "key" as const,
      sentence: `${show(login)} and ${show(login.toLowerCase())} differ only in case.`,
      fix: "Keep one of the two entries, in lower case.",
    }));
};

/** Nobody has a password, so a person without a key is locked out. */
export const activePeopleHaveAKey: Rule = ({ people }) =>
  people
    .filter((person) => !person.hasLeft && person.keysReadable && person.keyEntries === 0)
    .map(({ login, path }) => ({
      path,
      point: "key" as const,
      sentence: `${show(login)} has no SSH key and could not log in.`,
      fix: "Add a public key under keys, or left: with the day if the person has left.",
    }));

/** The entry of a leaver ends access when it is applied. A day ahead looks like a plan, and is none. */
export const leavingIsNotAhead: Rule = ({ people }, { now }) =>
  people
    .filter((person) => person.left !== undefined && Date.parse(person.left.on) > now)
    .map(({ login, path }) => ({
      path: [...path, "left"],
      sentence: `The day lies ahead, but the access of ${show(login)} ends with the next apply, not on that day.`,
      fix: "Apply it on the day itself.",
    }));
