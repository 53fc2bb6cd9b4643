import { readGitHost } from "../git";
import type { PathFinding } from "../schema-problems";
import { show } from "../show";
import { didYouMean } from "../suggest";
import type { Rule } from "./rule";

/** A host's name becomes the name of a file and a word of ssh's configuration. */
export const gitHostsHaveNames: Rule = ({ gitHosts, people }) =>
  [...gitHosts, ...people.flatMap(({ credentials }) => credentials)].flatMap(
    ({ host, path }): PathFinding[] => {
      const reading = readGitHost(host);
      return reading.ok ? [] : [{ path, point: "key", ...reading.finding }];
    },
  );

/** A host that is taken at its word could be anybody who is in between. */
export const gitHostsAreKnown: Rule = ({ gitHosts }) =>
  gitHosts
    .filter(({ hostKeys }) => hostKeys === 0)
    .map(({ host, path }) => ({
      path,
      point: "key",
      sentence: `${show(host)} has no host key, so nobody could tell it from somebody else.`,
      fix: "Add hostKeys: with the public keys that its operator publishes.",
    }));

/** ssh asks nobody on a server, so a key is of use only with a host that is known beforehand. */
export const keysHaveAKnownHost: Rule = ({ gitHosts, people }) => {
  const known = gitHosts.map(({ host }) => host);
  return people
    .flatMap(({ credentials }) => credentials)
    .filter(({ kind }) => kind === "key")
    .flatMap(({ host, path }): PathFinding[] => {
      if (host.includes(":")) {
        return [
          {
            path,
            point: "key",
            sentence: `${show(host)} has a port, and a key holds for a host whatever its port is.`,
            fix: `Write ${show(host.replace(/:.*/, ""))}; the port stands in the addresses of the repositories.`,
          },
        ];
      }
      if (known.includes(host)) return [];
      return [
        {
          path,
          point: "key",
          sentence: `${show(host)} is not in gitHosts, so its host key is not known.${didYouMean(host, known)}`,
          fix: "Add it to gitHosts with the public keys that its operator publishes.",
        },
      ];
    });
};

/** Such a clone would fail on the server, minutes later and in ssh's words. */
export const repositoriesOverSshHaveAKey: Rule = ({ people }) =>
  people.flatMap(({ login, credentials, repositories }) =>
    repositories.flatMap(({ path, repository: { url } }): PathFinding[] => {
      const host = /^(?:ssh:\/\/(?:[a-z][a-z0-9-]*@)?|[a-z][a-z0-9-]*@)([A-Za-z0-9.-]+)[:/]/
        .exec(url)?.[1]
        ?.toLowerCase();
      if (host === undefined || credentials.some((one) => one.host === host && one.kind !== "token"))
        return [];
      return [
        {
          path,
          sentence: `It is reached over ssh, and the agent of ${show(login)} has no key for ${show(host)}.`,
          fix: `Add git: { credentials: { ${host}: { key: YYYY-MM-DD } } } to the person, or use an address that starts with https://.`,
        },
      ];
    }),
  );
