import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import type { AgentCredentials, CredentialsDocument } from "../../components/credentials-document";
import type { WorkplaceDocument } from "../../components/workplace-document";
import type { ProgramResult } from "../../engine/run";
import { timed } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { bootGitHost, type GitHost } from "./git-host";
import { auditOf } from "./host-audit";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const serverName = "dev-wes";
const programs = "/usr/local/lib/team-runtime";
const folder = "/etc/team-runtime/credentials/wes-agent";
const user = "oauth2";

let sandbox: TestSandbox;
let server: PreparedServer;
let host: GitHost;

beforeAll(async () => {
  sandbox = await startSandbox("credentials");
  [server, host] = await Promise.all([
    bootPreparedServer(sandbox, serverName),
    bootGitHost(sandbox, ["billing-api", "web"]),
  ]);
  await server.apply(wesLedByMarcus(serverName));
  await server.must(`echo '${host.address} ${host.name}' >>/etc/hosts`);
  // The machine's own proxy for package registries does not know that name.
  await server.must(`sed -i -E 's/^(no_proxy|NO_PROXY)=.*/&,${host.name}/' /etc/environment`);
  await server.root("cat >/usr/local/share/ca-certificates/git.crt", host.certificate);
  await server.must("update-ca-certificates 2>&1");
  await host.expect(user, token);
});

afterAll(() => sandbox.remove());

/** What must be found in two files only: the agent's, and the git host's. */
const newToken = (): string => `canary-${randomBytes(16).toString("hex")}`;
const token = newToken();
const laterToken = newToken();
/** As git sends it. */
const basic = (secret: string): string => Buffer.from(`${user}:${secret}`).toString("base64");

const keyOf = (generation = "2026-11-01", hostKey = host.hostKey): AgentCredentials["keys"] => ({
  [host.name]: { generation, hostKeys: [hostKey] },
});
const tokenOf = (secret = token, generation = "2026-11-01"): AgentCredentials["tokens"] => ({
  [host.name]: { generation, user, token: secret },
});

function document(wes: Partial<AgentCredentials>): CredentialsDocument {
  return { agents: { "wes-agent": { keys: {}, tokens: {}, ...wes } }, server: serverName, version: 1 };
}

async function give(wes: Partial<AgentCredentials>): Promise<string> {
  const { code, stdout, stderr } = await server.root(
    `${programs}/apply-credentials`,
    formatDocument(document(wes)),
  );
  if (code !== 0) throw new Error(`apply-credentials ended with ${String(code)}: ${stdout}${stderr}`);
  return stdout;
}

/** The public half that was printed. */
function printedKey(stdout: string): string {
  return (JSON.parse(stdout) as Record<string, Record<string, string>>)["wes-agent"]?.[host.name] ?? "";
}

function prepare(repositories: Readonly<Record<string, string>>): Promise<ProgramResult> {
  const git = { email: "wes-agent@acme.example", name: "wes-agent (agent of wes)" };
  const limits = { cpu: null, disk: null, memory: "75%", tasks: 4096 };
  const workplaces: WorkplaceDocument = {
    server: serverName,
    workplaces: { wes: { agent: "wes-agent", git, limits, repositories } },
    version: 1,
  };
  return server.root(`${programs}/apply-workplaces`, formatDocument(workplaces));
}

/** The findings of an audit about credentials. */
async function audit(wes: Partial<AgentCredentials>): Promise<readonly string[]> {
  const tokens = Object.fromEntries(
    Object.entries(wes.tokens ?? {}).map(([name, { generation, user: bearer }]) => [
      name,
      { generation, user: bearer },
    ]),
  );
  const { agents } = document({ ...wes, tokens });
  const stdout = await auditOf(server, wesLedByMarcus(serverName), agents);
  await expectNothingSecret(stdout);
  return (JSON.parse(stdout) as { findings: { item: string; sentence: string }[] }).findings
    .filter(({ item }) => item === "credentials")
    .map(({ sentence }) => sentence.replace("are not as planned; applying them says: ", ""));
}

/** The body of the agent's private key, without its first line, which all keys have. */
async function privateKey(): Promise<string> {
  return (await server.must(`sed -n 2,3p ${folder}/${host.name}.key`)).split("\n")[1] ?? "";
}

async function expectNothingSecret(text: string): Promise<void> {
  for (const secret of [token, laterToken, basic(token), basic(laterToken), await privateKey()])
    if (secret !== "") expect(text).not.toContain(secret);
}

/** The files below these folders that hold one of the texts. */
async function filesWith(texts: readonly string[], ...folders: readonly string[]): Promise<string> {
  const command = `grep -rlF --devices=skip -f - ${folders.join(" ")} 2>/dev/null; true`;
  return (await server.root(command, texts.map((text) => `${text}\n`).join(""))).stdout;
}

const everywhere = ["/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/var"];
const asWes = (command: string): Promise<ProgramResult> => server.as("wes", command);
const asMarcus = (command: string): Promise<ProgramResult> => server.as("marcus", command);
const asAgent = (command: string): Promise<ProgramResult> =>
  server.as("wes", `sudo -n -u wes-agent sh -c '${command}'`);
const https = (repository: string): string => `https://${host.name}/${repository}.git`;
const ssh = (repository: string): string => `git@${host.name}:/srv/git/${repository}.git`;
const ask = `printf "protocol=https\\nhost=git.acme.example\\n" | ${programs}/git-credential get`;

/** Writes down every command line and environment of the machine, many times a second, until it is told to stop. */
async function watchProcesses<Value>(work: () => Promise<Value>): Promise<Value> {
  await server.root("cat >/root/watch.py", watcher);
  await server.must("systemd-run --quiet --unit=watch-processes python3 /root/watch.py");
  const value = await work();
  await server.must("systemctl stop watch-processes");
  return value;
}

const watcher = `
import pathlib
seen = set()
with open("/root/processes", "ab") as out:
    while True:
        for one in pathlib.Path("/proc").iterdir():
            if one.name.isdecimal():
                for part in ("cmdline", "environ"):
                    try:
                        text = (one / part).read_bytes()
                    except OSError:
                        continue
                    if text not in seen:
                        seen.add(text)
                        out.write(text + b"\\n")
                        out.flush()
`;

describe("a key and a token of Wes's agent", () => {
  let publicKey: string;

  test("are given by a document on standard input, and the public half is all that is printed", async () => {
    const stdout = await watchProcesses(() =>
      timed("credentials: a key made, a token written", () => give({ keys: keyOf(), tokens: tokenOf() })),
    );
    publicKey = printedKey(stdout);
    expect(publicKey).toMatch(/^ssh-ed25519 AAAA\S+ wes-agent@dev-wes 2026-11-01$/);
    expect(stdout).toBe(`{"wes-agent": {"${host.name}": "${publicKey}"}}\n`);
    expect(await server.must(`cd ${folder} && stat -c '%A %U:%G %n' . *`)).toBe(
      [
        "drwxr-x--- root:wes-agent .",
        `-rw-r----- root:wes-agent ${host.name}.key`,
        `-rw-r----- root:wes-agent ${host.name}.key.pub`,
        `-rw-r----- root:wes-agent ${host.name}.token`,
        "",
      ].join("\n"),
    );
  });

  test("are left alone by a second run", async () => {
    const before = await server.must(`stat -c '%i %Y' ${folder}/*`);
    expect(printedKey(await give({ keys: keyOf(), tokens: tokenOf() }))).toBe(publicKey);
    expect(await server.must(`stat -c '%i %Y' ${folder}/*`)).toBe(before);
  });

  test("clone: what needs a key that nobody has registered yet fails and shows it, the rest is there", async () => {
    const { code, stdout, stderr } = await watchProcesses(() =>
      prepare({ "billing-api": https("billing-api"), web: ssh("web") }),
    );
    expect([code, stdout, stderr]).toEqual([
      1,
      expect.stringContaining(`cloned: ${https("billing-api")} to /srv/projects/wes/billing-api`),
      expect.anything(),
    ]);
    expect(stderr).toMatch(
      /^on dev-wes: git@git\.acme\.example:\S+ could not be cloned: .*Permission denied/,
    );
    expect(stderr).toContain(`Is the agent's key registered there? It is: ${publicKey}.`);
    await host.register(publicKey);
    expect(await prepare({ "billing-api": https("billing-api"), web: ssh("web") })).toMatchObject({
      code: 0,
      stdout: `cloned: ${ssh("web")} to /srv/projects/wes/web\n`,
    });
  });

  test.each([
    ["a token over https", "billing-api"],
    ["a key over ssh", "web"],
  ])("push with %s, as an author that names the owner", async (_by, repository) => {
    const { code, stderr } = await asAgent(
      `cd /srv/projects/wes/${repository} && echo more >>README && git commit -qam second && git push -q origin HEAD:main`,
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(await host.newestCommit(repository, "%an~%ae~%s".replaceAll("~", "/"))).toBe(
      "wes-agent (agent of wes)/wes-agent@acme.example/second",
    );
  });

  test("work in the agent's tmux server as well", async () => {
    await asAgent(
      `tmux new-session -d -s t "export no_proxy=${host.name}; git ls-remote ${ssh("web")} >/tmp/t.out 2>&1; git ls-remote ${https("web")} >>/tmp/t.out 2>&1"`,
    );
    await expect
      .poll(async () => (await server.root("grep -c refs/heads/main /tmp/t.out")).stdout, { timeout: 20_000 })
      .toBe("2\n");
  });
});

describe("they are the agent's alone", () => {
  const files = (): readonly string[] => [`${host.name}.key`, `${host.name}.token`];

  test("the person, a lead's own account and another uid read none of it, and git gives them no token", async () => {
    const other = (command: string): Promise<ProgramResult> =>
      server.root(`setpriv --reuid=20999 --regid=20999 --clear-groups sh -c '${command}'`);
    for (const who of [asWes, asMarcus, other]) {
      for (const file of files()) expect((await who(`cat ${folder}/${file}`)).code).not.toBe(0);
      expect((await who(`ls ${folder}`)).code).not.toBe(0);
      expect((await who(ask)).stdout).toBe("");
    }
    expect((await asWes(`git ls-remote ${ssh("web")}`)).code).not.toBe(0);
    expect((await asWes(`GIT_TERMINAL_PROMPT=0 git ls-remote ${https("web")}`)).code).not.toBe(0);
  });

  /** Said in docs/credentials.md: whoever acts as the agent is the agent. */
  test("a lead who acts as the agent reads them", async () => {
    expect((await asMarcus(`sudo -n -u wes-agent cat ${folder}/${host.name}.token`)).stdout).toContain(token);
  });

  test("the agent can neither change nor remove them, nor put others there", async () => {
    for (const file of files()) {
      expect((await asAgent(`echo mine >${folder}/${file}`)).code).not.toBe(0);
      expect((await asAgent(`rm -f ${folder}/${file}`)).code).not.toBe(0);
      expect((await asAgent(`chmod 666 ${folder}/${file}`)).code).not.toBe(0);
    }
    expect((await asAgent(`touch ${folder}/x`)).code).not.toBe(0);
  });

  test.each([
    ["plain http", "protocol=http\nhost=git.acme.example\n"],
    ["another host", "protocol=https\nhost=acme.example\n"],
    ["a port that has no token", "protocol=https\nhost=git.acme.example:8443\n"],
    ["another user", "protocol=https\nhost=git.acme.example\nusername=wes\n"],
    ["a path in place of a host", "protocol=https\nhost=../wes-agent/git.acme.example\n"],
  ])("the token is not told for %s", async (_what, question) => {
    await server.root("cat >/tmp/question; chmod 644 /tmp/question", question);
    const { stdout } = await asAgent(`${programs}/git-credential get </tmp/question`);
    expect(stdout).toBe("");
  });

  test("git asks to store and to erase it without any effect", async () => {
    await server.root(
      "cat >/tmp/question; chmod 644 /tmp/question",
      "protocol=https\nhost=git.acme.example\n",
    );
    for (const word of ["store", "erase"])
      expect(await asAgent(`${programs}/git-credential ${word} </tmp/question`)).toMatchObject({
        code: 0,
        stdout: "",
      });
    expect((await asAgent(`${programs}/git-credential get </tmp/question`)).stdout).toBe(
      `username=${user}\npassword=${token}\n`,
    );
  });
});

describe("a git host that shows another key than the pinned one", () => {
  test("gets nothing, whatever the agent's own known_hosts says", async () => {
    const another = (await server.must("cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub")).trim();
    await give({ keys: keyOf("2026-11-01", another), tokens: tokenOf() });
    await server.root("cat >/tmp/known_hosts; chmod 644 /tmp/known_hosts", `${host.name} ${host.hostKey}\n`);
    await asAgent("mkdir -p ~/.ssh && cp /tmp/known_hosts ~/.ssh/known_hosts");
    const { code, stderr } = await asAgent(`git ls-remote ${ssh("web")}`);
    expect([code, stderr]).toEqual([128, expect.stringContaining("Host key verification failed")]);
    await give({ keys: keyOf(), tokens: tokenOf() });
    await asAgent("rm ~/.ssh/known_hosts");
    expect((await asAgent(`git ls-remote ${ssh("web")}`)).code).toBe(0);
  });

  test("and a host that nobody has pinned is not taken at its word by a clone", async () => {
    await server.must(`echo '${host.address} other.example' >>/etc/hosts`);
    const { code, stderr } = await prepare({ other: `git@other.example:/srv/git/web.git` });
    expect([code, stderr]).toEqual([1, expect.stringContaining("Host key verification failed")]);
  });
});

describe("an audit", () => {
  const planned = (): Partial<AgentCredentials> => ({ keys: keyOf(), tokens: tokenOf() });

  test("finds nothing where all is as planned", async () => {
    expect(await audit(planned())).toEqual([]);
  });

  test.each<[what: string, command: string, finding: RegExp]>([
    ["a key that others may read", `chmod 644 ${folder}/git.acme.example.key`, /^set access: \S+\.key\.$/],
    ["a folder that others may open", `chmod 755 ${folder}`, /^set access: \S+wes-agent\.$/],
    ["a token of another owner", `chown wes ${folder}/git.acme.example.token`, /^set access: \S+\.token\.$/],
    [
      "a token that is gone",
      `rm ${folder}/git.acme.example.token`,
      /^wrote token: \S+\.token, 2026-11-01\.$/,
    ],
    ["one too many", `touch ${folder}/github.com.token`, /^removed credential: \S+\/github\.com\.token\.$/],
    [
      "one of nobody's",
      "mkdir /etc/team-runtime/credentials/kim-agent",
      /^removed credentials: kim-agent\.$/,
    ],
    ["another host key", "echo 'git.acme.example x' >>/etc/ssh/team-runtime-git-hosts", /^wrote: /],
  ])(
    "finds %s, without showing anything of it, and the next update repairs it",
    async (_what, command, found) => {
      await server.must(command);
      expect(await audit(planned())).toEqual([expect.stringMatching(found)]);
      await give(planned());
      expect(await audit(planned())).toEqual([]);
    },
  );

  test("finds a generation that was not applied", async () => {
    expect(await audit({ keys: keyOf("2026-12-01"), tokens: tokenOf() })).toEqual([
      `made key: wes-agent for ${host.name}, 2026-12-01.`,
    ]);
  });
});

describe("what an interrupted run has left", () => {
  test.each([
    ["a private half without its public one", `rm ${folder}/git.acme.example.key.pub`],
    [
      "halves that do not belong together",
      `ssh-keygen -q -t ed25519 -N "" -f /root/k && cp /root/k ${folder}/git.acme.example.key`,
    ],
    ["a key that is half written", `truncate -s 100 ${folder}/git.acme.example.key`],
    [
      "a folder of its own",
      `mkdir -p ${folder}/.git.acme.example.key.team-runtime-new && touch ${folder}/.git.acme.example.key.team-runtime-new/key && rm ${folder}/git.acme.example.key`,
    ],
  ])("%s: the next run makes a pair that belongs together", async (_what, command) => {
    await server.must(command);
    await host.register(printedKey(await give({ keys: keyOf(), tokens: tokenOf() })));
    expect((await asAgent(`git ls-remote ${ssh("web")}`)).code).toBe(0);
    expect(await server.must(`ls -A ${folder} | wc -l`)).toBe("3\n");
  });
});

describe("rotation", () => {
  test("of a key by another generation: the old one is nowhere any more", async () => {
    const [before, secret] = [await server.must(`cat ${folder}/${host.name}.key.pub`), await privateKey()];
    const after = printedKey(await give({ keys: keyOf("2026-12-01"), tokens: tokenOf() }));
    expect(after).toMatch(/ wes-agent@dev-wes 2026-12-01$/);
    expect(after.split(" ")[1]).not.toBe(before.split(" ")[1]);
    expect(await filesWith([secret], ...everywhere)).toBe("");
    expect((await asAgent(`git ls-remote ${ssh("web")}`)).code).not.toBe(0);
    await host.register(after);
    expect((await asAgent(`git ls-remote ${ssh("web")}`)).code).toBe(0);
  });

  test("of a token by another secret: the old one is nowhere any more", async () => {
    await host.expect(user, laterToken);
    expect((await asAgent(`GIT_TERMINAL_PROMPT=0 git ls-remote ${https("web")}`)).code).not.toBe(0);
    await give({ keys: keyOf("2026-12-01"), tokens: tokenOf(laterToken) });
    expect((await asAgent(`git ls-remote ${https("web")}`)).code).toBe(0);
    expect(await filesWith([token], ...everywhere.filter((path) => path !== "/root"))).toBe("");
  });
});

describe("the secrets", () => {
  test("stand in no command line and no environment of any process", async () => {
    expect(await server.must("grep -c apply-credentials /root/processes")).not.toBe("0\n");
    expect(await server.must("grep -c git-remote-https /root/processes")).not.toBe("0\n");
    const secrets = [token, laterToken, basic(token), basic(laterToken), await privateKey()];
    expect(await filesWith(secrets, "/root/processes")).toBe("");
  });

  test("stand in no log, no record and no evidence of a freeze", async () => {
    const secrets = [token, laterToken, basic(token), basic(laterToken), await privateKey()];
    expect((await server.root(`${programs}/freeze`, '{"login": "wes"}')).code).toBe(0);
    await server.must("journalctl --output=export --no-pager >/run/journal.txt");
    expect(await server.must("grep -c 'wrote token:' /run/journal.txt")).not.toBe("0\n");
    // A lead's own cat of the file, above, is in the record of what that lead did and saw, compressed; docs/credentials.md says so.
    expect(await filesWith(secrets, "/var", "/run", "/tmp", "/home", "/srv")).toBe("");
    await server.root(`${programs}/freeze --thaw`, '{"login": "wes"}');
  });
});

describe("removal", () => {
  test("of one leaves the other", async () => {
    await give({ tokens: tokenOf(laterToken) });
    expect(await server.must(`ls -A ${folder}`)).toBe(`${host.name}.token\n`);
    expect((await asAgent(`git ls-remote ${https("web")}`)).code).toBe(0);
    expect((await asAgent(`git ls-remote ${ssh("web")}`)).code).not.toBe(0);
  });

  test("of all leaves nothing, and may be run twice", async () => {
    for (let run = 0; run < 2; run++)
      expect(await server.root(`${programs}/apply-credentials --remove`)).toMatchObject({
        code: 0,
        stdout: "",
      });
    expect(await server.must("ls -A /etc/team-runtime/credentials")).toBe("");
    expect(await server.must("ls /etc/ssh/ssh_config.d /etc/ssh | grep -c team-runtime-git || true")).toBe(
      "0\n",
    );
    expect(await filesWith([laterToken], ...everywhere)).toBe("");
    expect((await asAgent(`GIT_TERMINAL_PROMPT=0 git ls-remote ${https("web")}`)).code).not.toBe(0);
  });
});

test("a document for somebody who is not there is refused in words, without the token", async () => {
  const stranger = { agents: { "kim-agent": document({ tokens: tokenOf() }).agents["wes-agent"] } };
  const { code, stderr } = await server.root(
    `${programs}/apply-credentials`,
    JSON.stringify({ ...document({}), ...stranger }),
  );
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^apply-credentials: kim-agent is not here, /)]);
  expect(stderr).not.toContain(token);
});
