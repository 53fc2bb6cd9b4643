import { serverOf } from "../names";
import type { PathFinding } from "../schema-problems";
import { readSharedName } from "../shared-names";
import { show } from "../show";
import { didYouMean } from "../suggest";
import { directoryOf } from "./rule";
import type { Rule } from "./rule";

/** A server costs money, so its type is written down by somebody. One finding for all, since the remedy is one line. */
export const everyServerHasAType: Rule = ({ people, servers, hasDefaultServerType }) => {
  if (hasDefaultServerType) return [];
  const typed = new Set(servers.filter(({ hasType }) => hasType).map(({ name }) => name));
  const without = people.filter(
    ({ hasServerType, sharedServer, left }) =>
      !(sharedServer === undefined ? hasServerType : typed.has(sharedServer)) &&
      (left === undefined || left.server === "keep"),
  );
  const [first] = without;
  if (first === undefined) return [];
  const others = without.length === 1 ? "" : ` (and of ${without.length - 1} more)`;
  const where =
    first.sharedServer === undefined
      ? "server: { type: cx22 } to the person"
      : `servers: { ${first.sharedServer}: { type: cx22 } }`;
  return [
    {
      path: first.path,
      point: "key",
      sentence: `The server of ${show(first.login)}${others} has no type.`,
      fix: `Add defaults: { server: { type: cx22 } } to the file, or ${where}.`,
    },
  ];
};

/** It becomes a host name and the name of resources, like that of a person's own server. */
export const sharedNamesCanBeUsed: Rule = ({ servers }) =>
  servers.flatMap(({ name, path }): PathFinding[] => {
    const reading = readSharedName(name);
    return reading.ok ? [] : [{ path, point: "key", ...reading.finding }];
  });

/** `dev-wes` is Wes's alone, also after he has left: its disk may be kept under that name. */
export const sharedServersAreNobodysOwn: Rule = (draft) => {
  const owners = new Map([...directoryOf(draft).keys()].map((login) => [serverOf(login), login]));
  const sentence = (name: string): string =>
    `${show(name)} is the own server of ${show(owners.get(name) ?? "")}.`;
  return [
    ...draft.servers
      .filter(({ name }) => owners.has(name))
      .map(({ name, path }) => ({
        path,
        point: "key" as const,
        sentence: sentence(name),
        fix: "Write what is special about it under server: of that person, or choose another name for a shared one.",
      })),
    ...draft.people.flatMap(({ login, path, sharedServer }): PathFinding[] => {
      if (sharedServer === undefined || !owners.has(sharedServer)) return [];
      const fix =
        owners.get(sharedServer) === login
          ? "Remove server: it is this person's in any case."
          : "Choose another name for a shared server, such as dev-shared.";
      return [{ path: [...path, "server"], sentence: sentence(sharedServer), fix }];
    }),
  ];
};

/** Settings of a server that nobody is on are a slip of the pen, there or in somebody's `server`. */
export const serverSettingsAreUsed: Rule = ({ people, servers }) => {
  const used = new Set(people.flatMap(({ sharedServer }) => sharedServer ?? []));
  return servers
    .filter(({ name }) => !used.has(name))
    .map(({ name, path }) => ({
      path,
      point: "key" as const,
      sentence: `Nobody is on ${show(name)}.${didYouMean(name, [...used])}`,
      fix: "Name it under server of at least one person, or remove the entry.",
    }));
};

/** The disk of a shared server holds the work of others, and goes on being written. */
export const noSnapshotForOneOfMany: Rule = ({ people }) =>
  people
    .filter(({ left, sharedServer }) => left?.server === "archived" && sharedServer !== undefined)
    .map(({ path, sharedServer }) => ({
      path: [...path, "left", "server"],
      sentence: `${show(sharedServer ?? "")} is shared, and its disk is not kept for one of its people.`,
      fix: "Write destroyed: the homes are archived on the server. For a snapshot of all of it, make one at Hetzner.",
    }));

/** A tool is installed once for each server. */
export const sharedToolsHaveOneVersion: Rule = ({ people }) => {
  const first = new Map<string, { readonly login: string; readonly version: string | undefined }>();
  return people.flatMap(({ hasLeft, login, path, sharedServer, tools = [] }): PathFinding[] => {
    if (sharedServer === undefined || hasLeft) return [];
    return tools.flatMap(({ name, version }): PathFinding[] => {
      const place = `${sharedServer} ${name}`;
      const earlier = first.get(place);
      if (earlier === undefined) first.set(place, { login, version });
      if (earlier === undefined || earlier.version === version) return [];
      return [
        {
          path: [...path, "versions", name],
          sentence: `${show(earlier.login)} has ${name} ${earlier.version ?? ""} and ${show(login)} ${version ?? ""}, and both are on ${sharedServer}: a tool is there once for everybody.`,
          fix: "Give both the same version, or one of them a server of their own.",
        },
      ];
    });
  });
};

/** A shared server of one person is allowed, and may be a slip of the pen. */
export const sharedServersAreShared: Rule = ({ people, servers }) => {
  const declared = servers.map(({ name }) => name);
  const shared = people.flatMap(({ sharedServer }) => sharedServer ?? []);
  return people.flatMap(({ login, path, sharedServer }): PathFinding[] => {
    if (sharedServer === undefined || declared.includes(sharedServer)) return [];
    if (shared.filter((name) => name === sharedServer).length > 1) return [];
    const others = [...shared, ...declared].filter((name) => name !== sharedServer);
    return [
      {
        path: [...path, "server"],
        sentence: `Nobody but ${show(login)} is on ${show(sharedServer)}.${didYouMean(sharedServer, others)}`,
        fix: "Nothing, if it is meant.",
      },
    ];
  });
};
