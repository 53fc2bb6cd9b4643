import { describe, expect, test } from "vitest";
import { formatAccessText } from "../../cli/access-text";
import { grantsOf, renderAccessDocument, type AccessDocument } from "../../components/access-document";
import { formatDocument } from "../../components/canonical-json";
import { renderSshConfig } from "../../components/ssh-client-config";
import { renderWorkplaceDocument } from "../../components/workplace-document";
import { accessMatrix } from "../../config/access/matrix";
import { compareTeams } from "../../config/access/compare";
import { sentenceOf } from "../../config/access/sentences";
import { versionsOf } from "../../config/catalogue";
import { plan, type ServerPlan } from "../../config/plan";
import { keyLine, now, problemsOf, teamOf, warningsOf } from "./sample";
import { sharedChanged, sharedText } from "./shared-sample";

const { roster, servers } = plan(teamOf(sharedText));

function server(name: string, among: readonly ServerPlan[] = servers): ServerPlan {
  const found = among.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No server ${name}.`);
  return found;
}

function documentOf(name: string): AccessDocument {
  return renderAccessDocument(server(name), {
    hopKeys: new Map([
      ["marcus", `${keyLine("hop of marcus")}\n`],
      ["nadia", `${keyLine("hop of nadia")}\n`],
    ]),
    addresses: new Map([
      ["dev-marcus", "127.77.1.13"],
      ["dev-shared", "127.77.1.14"],
    ]),
  });
}

describe("the plan", () => {
  test("has one server for all who share it, and one each for the others", () => {
    expect(servers.map(({ name, owner, serverType }) => [name, owner, serverType])).toEqual([
      ["dev-marcus", "marcus", "cx22"],
      ["dev-olga", "olga", "cx22"],
      ["dev-shared", undefined, "cx42"],
    ]);
  });

  test("remembers who is on the shared server, leavers included, until theirs is gone", () => {
    expect(roster).toMatchObject({
      wes: { server: "dev-shared" },
      kim: { server: "dev-shared", state: "left" },
    });
    expect(roster["olga"]).not.toHaveProperty("server");
    const gone = sharedChanged("left: 2026-11-01", "left: { on: 2026-11-01, server: destroyed }");
    expect(plan(teamOf(gone)).roster["kim"]).toMatchObject({ state: "destroyed" });
    expect(server("dev-shared", plan(teamOf(gone)).servers).humans.map(({ login }) => login)).toEqual([
      "marcus",
      "nadia",
      "wes",
    ]);
  });

  test("lets a lead reach other servers, and no way to the one on which they are", () => {
    expect(server("dev-shared").leads).toEqual([
      { login: "nadia", servers: ["dev-olga"], uid: expect.any(Number) as number },
    ]);
    expect(server("dev-marcus").leads).toMatchObject([{ login: "marcus", servers: ["dev-shared"] }]);
  });

  test("installs what anybody asks for, once", () => {
    const people = Object.fromEntries(server("dev-shared").tools.map((tool) => [tool.name, tool.people]));
    expect(people).toMatchObject({ claude: ["wes"], codex: ["nadia"], uxon: ["nadia", "wes"] });
  });

  test("divides the memory among the agents, where the file does not", () => {
    const { workplaces } = renderWorkplaceDocument(server("dev-shared"));
    expect(Object.keys(workplaces)).toEqual(["nadia", "wes"]);
    expect(workplaces["wes"]?.limits.memory).toBe("45%");
    expect(workplaces["nadia"]?.limits.memory).toBe("4G");
    expect(server("dev-olga").workplaces[0]?.limits.memory).toBe("75%");
  });

  test("of a shared server of which all have left is that of a leaver", () => {
    const wesAlone = sharedText
      .replace(/ {2}nadia:[^]* {2}kim:/, "  kim:")
      .replace(/ {4}keys: \[.* wes@laptop\]/, "    left: 2026-11-02")
      .replace(/grants:[^]*/, "");
    const shared = server("dev-shared", plan(teamOf(wesAlone)).servers);
    expect(shared).toMatchObject({ state: "left", tools: [], workplaces: [], grants: [] });
    expect(shared.humans.map(({ login, state }) => [login, state])).toEqual([
      ["kim", "left"],
      ["wes", "left"],
    ]);
  });
});

describe("the access document", () => {
  test("of the shared server", async () => {
    await expect(formatDocument(documentOf("dev-shared"))).toMatchFileSnapshot(
      "../golden/dev-shared.access.json",
    );
  });

  test("gives each right of the file, and no other", () => {
    const rights = grantsOf(server("dev-shared")).map(({ who, runAs, mode }) => `${who} ${mode} ${runAs}`);
    expect(rights.sort()).toEqual([
      "marcus attach wes-agent",
      "marcus watch nadia-agent",
      "nadia attach nadia-agent",
      "nadia attach wes-agent",
      "nadia-agent attach nadia-agent",
      "wes attach wes-agent",
      "wes-agent attach wes-agent",
    ]);
    expect(Object.keys(documentOf("dev-shared").sudoers)).toHaveLength(rights.length);
  });

  test("a lead of two has one key, which lasts as long as the longer grant; one who works there has their own", () => {
    const { keys } = documentOf("dev-shared");
    expect(Object.keys(keys["marcus"] ?? {})).toEqual(["hop key of dev-marcus"]);
    expect(Object.values(keys["marcus"] ?? {}).join()).not.toContain("expiry-time");
    expect(Object.keys(keys["nadia"] ?? {})).toEqual([expect.stringMatching(/^SHA256:/)]);
    expect(documentOf("dev-olga").keys["nadia"]).toEqual({
      "hop key of dev-shared": expect.stringContaining('from="127.77.1.14"') as string,
    });
  });
});

test("who can reach what", async () => {
  const matrix = accessMatrix(teamOf(sharedText), now);
  await expect(formatAccessText(matrix, now)).toMatchFileSnapshot("../golden/access-shared.txt");
});

test("the laptop of somebody on it: that server, and what they lead elsewhere", () => {
  const at = { address: "192.0.2.11", hostKey: keyLine("host") };
  const { config } = renderSshConfig("nadia", server("dev-shared"), at);
  expect(config.match(/^Host .*$/gm)).toEqual(["Host dev-shared", "Host dev-olga"]);
  expect(config.match(/^ {2}User .*$/gm)).toEqual(["  User nadia", "  User nadia"]);
  expect(renderSshConfig("wes", server("dev-shared"), at).config.match(/^Host .*$/gm)).toEqual([
    "Host dev-shared",
  ]);
});

describe("what is refused", () => {
  test.each([
    [
      "a name of another form",
      "server: dev-shared\n  nadia",
      "server: shared\n  nadia",
      ['9:13: people.wes.server: "shared" is not the name of a shared server.'],
    ],
    [
      "a name that sudo or a shell could read",
      "  dev-shared: {",
      "  dev-a;b: {",
      [
        '5:3: servers["dev-a;b"]: "dev-a;b" is not the name of a shared server.',
        '5:3: servers["dev-a;b"]: Nobody is on "dev-a;b".',
      ],
    ],
    [
      "the server of somebody else",
      "server: dev-shared\n  nadia",
      "server: dev-olga\n  nadia",
      ['9:13: people.wes.server: "dev-olga" is the own server of "olga".'],
    ],
    [
      "one's own server by name",
      "server: dev-shared\n  nadia",
      "server: dev-wes\n  nadia",
      ['9:13: people.wes.server: "dev-wes" is the own server of "wes".'],
    ],
    [
      "settings of a server that is somebody's own",
      "  dev-shared: {",
      "  dev-olga: {",
      [
        '5:3: servers.dev-olga: "dev-olga" is the own server of "olga".',
        '5:3: servers.dev-olga: Nobody is on "dev-olga".',
      ],
    ],
    [
      "settings of a server that nobody is on",
      "  dev-shared: {",
      "  dev-shred: {",
      ['5:3: servers.dev-shred: Nobody is on "dev-shred". Did you mean "dev-shared"?'],
    ],
    [
      "a snapshot for one of many",
      "left: 2026-11-01",
      "left: { on: 2026-11-01, server: archived }",
      [
        '16:37: people.kim.left.server: "dev-shared" is shared, and its disk is not kept for one of its people.',
      ],
    ],
    [
      "an unknown setting",
      "backups: true",
      "backup: true",
      ['5:29: servers.dev-shared.backup: The key "backup" is not known here. Did you mean "backups"?'],
    ],
    [
      "two versions of one tool",
      "agents: [codex]",
      "agents: [codex, claude]\n    versions: { claude: VERSION }",
      [
        expect.stringMatching(
          /^14:25: people\.nadia\.versions\.claude: "wes" has claude \S+ and "nadia" \S+, and both are on dev-shared: a tool is there once for everybody\.$/,
        ),
      ],
    ],
  ])("%s", (_what, from, to, problems) => {
    expect(problemsOf(sharedChanged(from, to.replace("VERSION", versionsOf("claude")[1] ?? "")))).toEqual(
      problems,
    );
  });

  test("no type for it, with the line that gives it one", () => {
    const text = sharedText
      .replace("  server: { type: cx22, image: debian-12 }\n", "")
      .replace("type: cx42, ", "");
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('The server of "wes" (and of 4 more) has no type.'),
    ]);
  });
});

test("somebody alone on a server that only they name: perhaps a slip of the pen", () => {
  expect(warningsOf(sharedText)).toEqual([]);
  const text = sharedChanged("server: dev-shared\n  nadia", "server: dev-shred\n  nadia");
  expect(warningsOf(text)).toEqual([
    '9:13: people.wes.server: Nobody but "wes" is on "dev-shred". Did you mean "dev-shared"?',
  ]);
});

describe("the change in plain sentences", () => {
  const told = (before: string, after: string): string[] =>
    compareTeams(teamOf(before), teamOf(after), now).map((change) => sentenceOf(change));
  const ownWes = sharedChanged("    server: dev-shared\n  nadia", "  nadia");

  test("to a server of one's own: what moves, what does not, and who follows", () => {
    const sentences = told(sharedText, ownWes);
    expect(sentences[0]).toMatch(
      /^wes moves from dev-shared to dev-wes, with the same uid: .* Nothing is copied\. On dev-shared .* the workspace stays, closed/,
    );
    expect(sentences.slice(1)).toEqual([
      "marcus can now act as wes-agent on dev-wes, until 2026-12-31T23:59:59Z. marcus gets an account there, and a key for it from dev-marcus.",
      'nadia can now act as wes-agent on dev-wes, without an end, because: "pairing". nadia gets an account there, and a key for it from dev-shared.',
      "marcus can no longer act as wes-agent on dev-shared. The account and key of marcus there are removed, unless another grant holds there; open terminals end.",
      "nadia can no longer act as wes-agent on dev-shared. nadia works there, so the account stays; what is open as that agent ends.",
      "The limits of wes-agent change: memory from 45% to 75%.",
    ]);
  });

  test("and back: their own server goes", () => {
    expect(told(ownWes, sharedText)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^wes moves from dev-wes to dev-shared, /) as string,
        expect.stringMatching(/^dev-wes is destroyed with all that is on it\./) as string,
      ]),
    );
  });

  test("joining, leaving, and being removed", () => {
    const lou = `  lou:\n    keys: [${keyLine("lou")}]\n    server: dev-shared\n  marcus:`;
    expect(told(sharedText, sharedChanged("  marcus:", lou))[0]).toMatch(
      /^lou joins \(uid \d+\): on the shared server dev-shared \(cx42, debian-12\) the account lou with the key \S+ \(ssh-ed25519\), and the agent lou-agent with claude\.$/,
    );
    const left = sharedText
      .replace(/ {4}keys: \[.* wes@laptop\]/, "    left: 2026-11-22")
      .replace(/ {2}- .*over: wes.*\n/g, "");
    expect(told(sharedText, left)).toContain(
      "wes has left (2026-11-22). wes can no longer log in to dev-shared or act as wes-agent: the keys are removed, open terminals end, wes-agent is stopped. The accounts stay there, locked.",
    );
    expect(
      told(sharedText, sharedChanged("left: 2026-11-01", "left: { on: 2026-11-01, server: destroyed }")),
    ).toEqual([
      "The accounts kim and kim-agent on dev-shared are removed; their homes are archived there for root, and the workspace stays, closed. dev-shared stays: others are on it.",
    ]);
  });

  test("what changes about the server is told once", () => {
    expect(told(sharedText, sharedChanged("type: cx42", "type: cx52"))).toEqual([
      "dev-shared is resized from cx42 to cx52. It stops for a minute or two, and the sessions of all agents on it end.",
    ]);
  });
});
