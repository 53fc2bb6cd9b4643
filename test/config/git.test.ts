import { describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import { renderCredentialsDocument } from "../../components/credentials-document";
import { renderWorkplaceDocument } from "../../components/workplace-document";
import { checkGitTokens, readGitTokens } from "../../config/git-tokens";
import { plan, type ServerPlan } from "../../config/plan";
import { changed, keyLine, problemsOf, teamOf, warningsOf } from "./sample";

const agents = "    agents: [claude, codex]\n";
const hosts = `gitHosts:\n  github.com:\n    hostKeys: ["${keyLine("github.com")}"]\n`;
const withGit = (entry: string, top = hosts): string =>
  `${top}${changed(agents, `${agents}    git: ${entry}\n`)}`;
const credentials = (entry: string): string => withGit(`{ credentials: { ${entry} } }`);
const both = credentials(
  "github.com: { key: 2026-11-01 }, git.acme.example:8443: { token: 2026-11-02, user: wes-bot }",
);

function serverOf(text: string, name = "dev-wes"): ServerPlan {
  const found = plan(teamOf(text)).servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
}

describe("the identity of an agent in git", () => {
  const identityOf = (text: string, name = "dev-wes"): unknown =>
    Object.values(renderWorkplaceDocument(serverOf(text, name)).workplaces)[0]?.git;

  test("names its owner, and without a domain nobody gets mail for it", () => {
    expect(identityOf(changed(agents, agents))).toEqual({
      name: "wes-agent (agent of wes)",
      email: "wes-agent@dev-wes.invalid",
    });
  });

  test("has the domain of the team, and the address of the person's entry", () => {
    const text = changed("agents: [claude]\n", "agents: [claude]\n  gitDomain: acme.example\n");
    expect(identityOf(text)).toMatchObject({ email: "wes-agent@acme.example" });
    const own = text.replace(agents, `${agents}    git: { email: wes-bot@users.acme.example }\n`);
    expect(identityOf(own)).toMatchObject({ email: "wes-bot@users.acme.example" });
    expect(identityOf(own, "dev-nadia")).toMatchObject({ email: "nadia-agent@acme.example" });
  });
});

describe("credentials", () => {
  const tokens = new Map([["wes", new Map([["git.acme.example:8443", "a-token-of-the-test"]])]]);

  test("as they are sent to the server", async () => {
    await expect(formatDocument(renderCredentialsDocument(serverOf(both), tokens))).toMatchFileSnapshot(
      "../golden/dev-wes.credentials.json",
    );
  });

  test("an audit's document is the same without the token", () => {
    const sent = renderCredentialsDocument(serverOf(both), tokens);
    const asked = renderCredentialsDocument(serverOf(both));
    expect(JSON.stringify(asked)).not.toContain("a-token-of-the-test");
    expect(asked).toEqual(
      JSON.parse(JSON.stringify(sent).replace('"token":"a-token-of-the-test"', "").replace(",}", "}")),
    );
  });

  test("somebody without any, and somebody who has left, have none", () => {
    expect(renderCredentialsDocument(serverOf(both, "dev-nadia")).agents).toEqual({});
    const left = both.replace(
      "    left: 2026-03-01\n",
      "    left: 2026-03-01\n    git: { credentials: { github.com: { key: a } } }\n",
    );
    expect(renderCredentialsDocument(serverOf(left, "dev-kim")).agents).toEqual({});
  });
});

describe("what is wrong in the file is said where it stands", () => {
  const at = "14:39: people.wes.git.credentials";
  test.each<[what: string, text: string, problem: string]>([
    [
      "a token in place of its generation",
      credentials(`github.com: { token: ghx_${"a1".repeat(12)} }`),
      '14:48: people.wes.git.credentials["github.com"].token: This looks like a GitHub token: consider it leaked.',
    ],
    [
      "a token of an unknown form in place of its generation",
      credentials("github.com: { token: x1y2z3a4b5c6d7e8f9g0h1 }"),
      '14:48: people.wes.git.credentials["github.com"].token: This looks like a secret: consider it leaked.',
    ],
    [
      "a token in place of a user",
      credentials(`git.acme.example: { token: a, user: x1y2z3a4b5c6d7e8f9g0h1 }`),
      `14:63: people.wes.git.credentials["git.acme.example"].user: This is not the name of a user at a git host.`,
    ],
    ["neither", credentials("github.com: {}"), `${at}["github.com"]: This is neither a key nor a token.`],
    [
      "both",
      credentials("github.com: { key: a, token: b }"),
      `${at}["github.com"]: This is a key and a token at once.`,
    ],
    [
      "a key with a user",
      credentials("github.com: { key: a, user: wes }"),
      '14:55: people.wes.git.credentials["github.com"].user: Only a token has a user.',
    ],
    [
      "a generation with a blank",
      credentials('github.com: { key: "a b" }'),
      '14:46: people.wes.git.credentials["github.com"].key: "a b" does not tell one credential from the next: small letters, digits, "." and "-" do, at most 20.',
    ],
    [
      "a key for a host that nobody knows",
      credentials("githup.com: { key: a }"),
      '14:27: people.wes.git.credentials["githup.com"]: "githup.com" is not in gitHosts, so its host key is not known. Did you mean "github.com"?',
    ],
    [
      "a key for a port",
      credentials("github.com:22: { key: a }"),
      '14:27: people.wes.git.credentials["github.com:22"]: "github.com:22" has a port, and a key holds for a host whatever its port is.',
    ],
    [
      "a host that is a path",
      credentials('"../x": { token: a }'),
      '14:27: people.wes.git.credentials["../x"]: "../x" is not the name of a host.',
    ],
    [
      "a host in capitals",
      credentials("GitHub.com: { token: a }"),
      '14:27: people.wes.git.credentials["GitHub.com"]: "GitHub.com" must be lower case.',
    ],
    [
      "a host without a key",
      withGit("{}", "gitHosts:\n  github.com: { hostKeys: [] }\n"),
      '2:3: gitHosts["github.com"]: "github.com" has no host key, so nobody could tell it from somebody else.',
    ],
    [
      "another word in a credential",
      credentials("github.com: { deployKey: a, key: a }"),
      '14:41: people.wes.git.credentials["github.com"].deployKey: The key "deployKey" is not known here.',
    ],
    [
      "a mail address with a quote",
      withGit("{ email: 'a\"@acme.example' }"),
      '14:19: people.wes.git.email: "a\\"@acme.example" is not a mail address.',
    ],
  ])("%s", (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test("a repository over ssh without a key is a warning, and with one it is none", () => {
    const repository = "    repositories: [git@github.com:acme/web.git, https://github.com/acme/api.git]\n";
    const text = both.replace(agents, `${agents}${repository}`);
    expect(warningsOf(text)).toEqual([]);
    expect(warningsOf(text.replace("github.com: { key: 2026-11-01 }", "github.com: { token: a }"))).toEqual([
      '14:20: people.wes.repositories[0]: It is reached over ssh, and the agent of "wes" has no key for "github.com".',
    ]);
  });
});

describe("the tokens in the stack settings", () => {
  const read = (value: unknown): string => {
    const reading = readGitTokens(typeof value === "string" ? value : JSON.stringify(value));
    return reading.ok ? "fine" : reading.finding.sentence;
  };

  test("are read as they are, without the line end of a file", () => {
    expect(readGitTokens('{"wes":{"git.acme.example":"0123456789\\n"}}')).toEqual({
      ok: true,
      value: new Map([["wes", new Map([["git.acme.example", "0123456789"]])]]),
    });
    expect(readGitTokens(undefined)).toEqual({ ok: true, value: new Map() });
  });

  test.each<[unknown]>([
    ["0123456789secret"],
    ['["0123456789secret"]'],
    [{ wes: "0123456789secret" }],
    [{ "0123456789/secret": { "git.acme.example": "x" } }],
    [{ wes: { "git.acme.example": "0123456789 secret" } }],
    [{ wes: { "git.acme.example": "secret" } }],
    [{ wes: { "0123456789 secret": "0123456789" } }],
    [{ wes: { "git.acme.example": { secret: "0123456789secret" } } }],
  ])("%j is refused, and nothing of the token is shown", (value) => {
    const sentence = read(value);
    expect(sentence).toMatch(/\.$/);
    expect(sentence).not.toMatch(/secret$|9secret|9 secret/);
  });

  test("must be there for each that the file names, and one that it does not name is a warning", () => {
    const teamPlan = plan(teamOf(both));
    expect(checkGitTokens(teamPlan, new Map())).toEqual({
      problems: [
        {
          login: "wes",
          sentence:
            "The agent of wes has a token for git.acme.example:8443, and the stack settings do not hold it.",
          fix: `Set it with pulumi config set --secret --path 'team-runtime:gitTokens.wes["git.acme.example:8443"]' and the token on standard input.`,
        },
      ],
      warnings: [],
    });
    const given = new Map([
      ["wes", new Map([["git.acme.example:8443", "0123456789"]])],
      ["kim", new Map([["github.com", "0123456789"]])],
    ]);
    const { problems, warnings } = checkGitTokens(teamPlan, given);
    expect(problems).toEqual([]);
    expect(warnings.map(({ sentence, fix }) => `${sentence} ${fix}`)).toEqual([
      `The stack settings hold a token of kim's agent for github.com, which the team file does not name. Revoke it at github.com, then run pulumi config rm --path 'team-runtime:gitTokens.kim["github.com"]'.`,
    ]);
  });
});
