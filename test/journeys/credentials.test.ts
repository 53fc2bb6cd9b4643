import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run, type ProgramResult } from "../../engine/run";
import { timed } from "../support/figure";
import { developmentTeam, sandbox, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";
import { throwAwayKey } from "../support/throw-away-key";

let team: Team;
let teamFile: string;

beforeAll(async () => {
  team = await developmentTeam();
  teamFile = join(team.folder, "team.dev.yaml");
});

// The next journey starts from the committed team file, without the last credential.
afterAll(() => team.up());

const newToken = (): string => `canary-${randomBytes(16).toString("hex")}`;
const tokens = [newToken(), newToken()] as const;
const host = "git.acme.example";
const folder = "/etc/team-runtime/credentials/wes-agent";

const entry = (day: string): string =>
  `    git: { credentials: { github.com: { key: ${day} }, ${host}: { token: 2026-11-01 } } }\n`;

function setToken(token: string): Promise<ProgramResult> {
  const path = `team-runtime:gitTokens.wes["${host}"]`;
  return sandbox(["exec", "pulumi", "config", "set", "--secret", "--path", path], team.folder, `${token}\n`);
}

/** All that a command said, which must hold no token. */
async function said(command: Promise<ProgramResult>): Promise<string> {
  const { stdout, stderr } = await command;
  for (const token of tokens) expect(`${stdout}${stderr}`).not.toContain(token);
  return `${stdout}${stderr}`;
}

const steps = async (): Promise<readonly string[]> =>
  (await team.preview()).map(({ op, name }) => `${op} ${name}`).sort();

describe("a key and a token for Wes's agent, two lines in the team file", () => {
  test("are refused while the stack does not hold the token, with the command that sets it", async () => {
    const hostKey = throwAwayKey("github.com").publicKey;
    team.edit((text) =>
      text
        .replace("people:\n", `gitHosts: { github.com: { hostKeys: ["${hostKey}"] } }\npeople:\n`)
        .replace("    agents: [claude]\n", `    agents: [claude]\n${entry("2026-11-01")}`),
    );
    expect(await said(team.pulumi("preview"))).toContain(
      `The agent of wes has a token for ${host}, and the stack settings do not hold it. Fix: Set it with pulumi config set --secret --path 'team-runtime:gitTokens.wes["${host}"]'`,
    );
    expect(await setToken(tokens[0])).toMatchObject({ code: 0 });
    expect(readFileSync(join(team.folder, "Pulumi.dev.yaml"), "utf8")).not.toContain(tokens[0]);
  });

  test("preview as one Command, of which nothing is shown, and a line of the agent that says which", async () => {
    expect(await steps()).toEqual(["create dev-wes-credentials", "update dev-wes/wes-agent"]);
    const shown = await said(team.pulumi("preview", "--diff"));
    expect(shown).toMatch(/\+ credentials: \{\s+\+ git\.acme\.example: "token 2026-11-01"/);
    expect(shown).toMatch(/dev-wes-credentials[\s\S]*stdin +: \[secret\]/);
    await said(team.pulumi("preview", "--json"));
  });

  test("are on the server after the update, and the public half is an output of the stack", async () => {
    await said(timed("pulumi up: a key and a token of one agent", () => team.up()));
    expect(await team.root("dev-wes", `stat -c '%a %U %G' ${folder}/*`)).toBe(
      "640 root wes-agent\n640 root wes-agent\n640 root wes-agent",
    );
    expect(await team.root("dev-wes", `cat ${folder}/${host}.token`)).toContain(tokens[0]);
    const { stdout } = await team.pulumi("stack", "output", "agentKeys", "--json");
    const publicKey = await team.root("dev-wes", `cat ${folder}/github.com.key.pub`);
    expect(JSON.parse(stdout)).toEqual({ "dev-wes": { "wes-agent": { "github.com": publicKey } } });
    expect(publicKey).toMatch(/ wes-agent@dev-wes 2026-11-01$/);
    expect(await steps()).toEqual([]);
  });

  test("are clean to an audit, which knows no token", async () => {
    const audit = (...more: readonly string[]): Promise<ProgramResult> =>
      teamCommand("audit", "--team", teamFile, ...more);
    expect(await said(audit())).toMatch(/dev-wes: clean/);
    await team.root("dev-wes", `chmod 644 ${folder}/${host}.token`);
    expect(await said(audit("--json"))).toContain(`set access: ${folder}/${host}.token`);
    await team.root("dev-wes", `chmod 640 ${folder}/${host}.token`);
  });
});

describe("rotation is one line", () => {
  test("of the settings for a token; an update that fails shows nothing of it", async () => {
    expect(await setToken(tokens[1])).toMatchObject({ code: 0 });
    expect(await steps()).toEqual(["update dev-wes-credentials"]);
    await team.root("dev-wes", `mv ${folder} /root/aside && touch ${folder}`);
    const failed = team.pulumi("up", "--yes", "--skip-preview");
    expect(await said(failed)).toMatch(/dev-wes-credentials[\s\S]*is not a folder/);
    expect((await failed).code).not.toBe(0);
    await team.root("dev-wes", `rm ${folder} && mv /root/aside ${folder}`);
    await said(team.up());
    expect(await team.root("dev-wes", `cat ${folder}/${host}.token`)).toContain(tokens[1]);
    expect(
      await team.root("dev-wes", `grep -rlF '${tokens[0]}' /etc /home /run /srv /tmp /var || true`),
    ).toBe("");
  });

  test("of the team file for a key, and the output has the new one", async () => {
    const before = await team.root("dev-wes", `cut -d ' ' -f 2 ${folder}/github.com.key.pub`);
    team.edit((text) => text.replace("key: 2026-11-01", "key: 2026-12-01"));
    expect(await steps()).toEqual(["update dev-wes-credentials", "update dev-wes/wes-agent"]);
    await said(team.up());
    const { stdout } = await team.pulumi("stack", "output", "agentKeys", "--json");
    expect(stdout).toMatch(/ wes-agent@dev-wes 2026-12-01"/);
    expect(stdout).not.toContain(before);
  });
});

describe("nothing of the tokens", () => {
  test("is in the state, in its backups or in its history, nor in the exported state", async () => {
    const backend = (await sandbox(["exec", "printenv", "PULUMI_BACKEND_URL"], team.folder)).stdout.trim();
    const place = backend.replace(/^file:\/\//, "").replace(/\?.*$/, "");
    expect((await run("grep", ["-rlF", "dev-wes-credentials", place])).stdout).not.toBe("");
    for (const token of tokens) expect((await run("grep", ["-rlF", token, place])).stdout).toBe("");
    await said(team.pulumi("stack", "export"));
    await said(team.pulumi("stack", "output"));
  });

  test("nor of the key's private half, which never left the server", async () => {
    const body = await team.root("dev-wes", `sed -n 3p ${folder}/github.com.key`);
    const { stdout } = await team.pulumi("stack", "export", "--show-secrets");
    expect(stdout).toContain(tokens[1]);
    expect(stdout).not.toContain(body);
  });

  test("is in the journal of the server, or in a log there", async () => {
    await team.root("dev-wes", "journalctl --output=export --no-pager >/run/journal.txt");
    for (const token of tokens)
      expect(await team.root("dev-wes", `grep -rlF '${token}' /run/journal.txt /var || true`)).toBe("");
    expect(await team.root("dev-wes", "grep -c 'wrote token: ' /run/journal.txt; rm /run/journal.txt")).toBe(
      "2",
    );
  });
});

test("without the lines, all of it is taken away, and the stack is told which token to revoke", async () => {
  team.edit((text) => text.replace(/^ {4}git: .*\n/m, "").replace(/^gitHosts: .*\n/m, ""));
  expect(await steps()).toEqual(["delete dev-wes-credentials", "update dev-wes/wes-agent"]);
  const output = await said(team.up());
  expect(output).toContain(
    `Revoke it at ${host}, then run pulumi config rm --path 'team-runtime:gitTokens.wes["${host}"]'.`,
  );
  expect(await team.root("dev-wes", "ls -A /etc/team-runtime/credentials")).toBe("");
  expect(await team.root("dev-wes", `grep -rlF '${tokens[1]}' /etc /home /run /srv /tmp /var || true`)).toBe(
    "",
  );
});
