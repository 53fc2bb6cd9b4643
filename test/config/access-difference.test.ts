import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { formatDiffJson } from "../../cli/diff-json";
import type { Change } from "../../config/access/change";
import { compareTeams } from "../../config/access/compare";
import { matrixDifference } from "../../config/access/difference";
import { accessMatrix, rowName } from "../../config/access/matrix";
import type { AccessRow } from "../../config/access/matrix";
import { riskOf, risks } from "../../config/access/risk";
import { sentenceOf } from "../../config/access/sentences";
import type { Team } from "../../config/team";
import { applyChanges, applyKeyWords } from "./access-apply";
import { anyTeam } from "./access-arbitrary";
import { now } from "./sample";

/** The sentences of a diff say everything about access, and nothing that is not so. */
test("applying the changes, as JSON, to the old access gives the new access", () => {
  let changes = 0;
  fc.assert(
    fc.property(anyTeam, anyTeam, (before, after) => {
      const json = changesOf(before, after);
      changes += json.length;
      expect(applyChanges(rowsOf(before), json)).toEqual(rowsOf(after));
    }),
    { numRuns: 500 },
  );
  expect(changes).toBeGreaterThan(1000);
});

test("the same holds for what owners say of where their keys live, for the key policy, and for the terminal", () => {
  let words = 0;
  fc.assert(
    fc.property(anyTeam, anyTeam, (before, after) => {
      const json = changesOf(before, after);
      const wanted = accessMatrix(after, now);
      words += wanted.keysByWord.length;
      expect(applyKeyWords(accessMatrix(before, now).keysByWord, json)).toEqual(wanted.keysByWord);
      const policies = json.flatMap((change) => (change.kind === "key policy changed" ? [change.after] : []));
      expect(policies.at(-1) ?? before.keyPolicy).toBe(wanted.keyPolicy);
      const chosen = json.flatMap((change) => (change.kind === "terminal changed" ? [change.after] : []));
      expect(chosen.at(-1) ?? before.terminal).toBe(after.terminal);
    }),
  );
  expect(words).toBeGreaterThan(100);
});

test("the rows gained, lost and changed lead from the old access to the new one", () => {
  fc.assert(
    fc.property(anyTeam, anyTeam, (before, after) => {
      const { gained, lost, changed } = matrixDifference(accessMatrix(before, now), accessMatrix(after, now));
      const gone = new Set([...lost, ...changed.map((row) => row.before)].map(rowName));
      const rows = [
        ...rowsOf(before).filter((row) => !gone.has(rowName(row))),
        ...gained,
        ...changed.map((row) => row.after),
      ];
      expect(rows.toSorted((left, right) => (rowName(left) < rowName(right) ? -1 : 1))).toEqual(
        rowsOf(after),
      );
    }),
  );
});

test("whoever gains a row is told among what gives access, and nobody else", () => {
  fc.assert(
    fc.property(anyTeam, anyTeam, (before, after) => {
      const { gained } = matrixDifference(accessMatrix(before, now), accessMatrix(after, now));
      const widening = compareTeams(before, after, now).filter((change) => riskOf(change) === "widens");
      const text = widening.map((change) => sentenceOf(change)).join("\n");
      for (const { person, server } of gained)
        expect(text).toMatch(new RegExp(`^${person}\\b.*\\b${server}\\b`, "m"));
      // Each of these gives one agent; with it a login, unless the lead is on that server anyway.
      const adding = widening.filter(({ kind }) =>
        ["joined", "returned", "moved", "grant added"].includes(kind),
      );
      expect(gained.filter(({ how }) => how.by === "sudo")).toHaveLength(adding.length);
    }),
  );
});

test("a team and itself differ in nothing, two teams in something", () => {
  fc.assert(
    fc.property(anyTeam, anyTeam, (before, after) => {
      expect(compareTeams(before, before, now)).toEqual([]);
      const ignored = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
      expect(compareTeams(before, after, now).length === 0).toBe(ignored);
    }),
  );
});

test("the order of the file plays no part, and risk comes first", () => {
  fc.assert(
    fc.property(anyTeam, anyTeam, (before, after) => {
      const changes = compareTeams(before, after, now);
      const turned = { ...after, people: after.people.toReversed(), grants: after.grants.toReversed() };
      expect(compareTeams(before, turned, now)).toEqual(changes);
      const places = changes.map((change) => risks.indexOf(riskOf(change)));
      expect(places).toEqual(places.toSorted((left, right) => left - right));
    }),
  );
});

function rowsOf(team: Team): readonly AccessRow[] {
  return accessMatrix(team, now).rows.toSorted((left, right) => (rowName(left) < rowName(right) ? -1 : 1));
}

function changesOf(before: Team, after: Team): readonly Change[] {
  const json = formatDiffJson({
    changes: compareTeams(before, after, now),
    access: { gained: [], lost: [], changed: [] },
  });
  return z.object({ changes: z.array(z.custom<Change>()) }).parse(JSON.parse(json)).changes;
}

/** What of a team a diff tells: everything but the keys, tools and type of whoever has no server or no access. */
function sorted({ people, grants }: Team): unknown {
  return {
    people: people.map(({ login, uid, keys, limits, standing, ...entry }) => {
      const { server, serverName, tools, gitIdentity, credentials, repositories } = entry;
      return {
        login,
        uid,
        standing,
        ...(standing.state === "active"
          ? { limits, keys: keys.map(({ fingerprint }) => fingerprint).sort() }
          : {}),
        ...(standing.state === "destroyed"
          ? {}
          : { server, serverName, tools, gitIdentity, credentials, repositories }),
      };
    }),
    grants: grants.map((grant) => JSON.stringify(Object.entries(grant).sort())).sort(),
  };
}
