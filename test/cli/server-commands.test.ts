import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { audit } from "../../cli/audit";
import { freeze, thaw } from "../../cli/freeze";
import type { ServerReach } from "../../cli/server-reach";
import type { ServerAnswer, ServerSsh } from "../../cli/server-ssh";

interface Call {
  readonly server: string;
  readonly program: string;
  readonly input: string;
}

const fine: ServerAnswer = {
  reached: true,
  code: 0,
  stdout: JSON.stringify({ clock: Date.now() / 1000, findings: [] }),
  stderr: "",
};

/** A stack of the committed team whose servers all answer the same, and a record of what they were asked. */
function stackWhere(
  answer: (call: Call) => ServerAnswer,
  without: readonly string[] = [],
  more: readonly string[] = [],
) {
  const calls: Call[] = [];
  const names = ["dev-marcus", "dev-nadia", "dev-wes", ...more].filter((name) => !without.includes(name));
  const hopKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHyL4+GS/BjwZqKywP1jbd9GQ+GqhcLHfTDlQAovguyn marcus@dev-marcus";
  const ssh: ServerSsh = {
    run: (server, _at, program, input) => {
      const call = { server, program, input };
      calls.push(call);
      return Promise.resolve(answer(call));
    },
  };
  const reach: ServerReach = {
    readStack: () =>
      Promise.resolve({
        ok: true,
        stack: {
          servers: new Map(
            names.map((name) => [name, { address: "192.0.2.13", hostKey: "ssh-ed25519 AAAA" }]),
          ),
          places: new Map(names.map((name) => [name.replace("dev-", ""), name])),
          hopKeys: new Map([["dev-marcus", hopKey]]),
          sshFrom: ["0.0.0.0/0"],
          deployKey: { privateKey: "secret", publicKey: "ssh-ed25519 AAAA" },
        },
      }),
    withSsh: (_key, work) => work(ssh),
  };
  return { calls, reach };
}

function recordingTerminal() {
  const said = { out: "", err: "" };
  const terminal = {
    print: (text: string) => {
      said.out += text;
    },
    complain: (text: string) => {
      said.err += text;
    },
  };
  return { said, terminal };
}

const request = { file: "team.dev.yaml", json: true, repair: false };

describe("team audit", () => {
  test("asks every server once, with its own document and the lead's real key in it", async () => {
    const { calls, reach } = stackWhere(() => fine);
    expect(await audit(request, reach, recordingTerminal().terminal)).toBe(0);
    expect(calls.map(({ server, program }) => `${server} ${program}`).sort()).toEqual([
      "dev-marcus audit",
      "dev-nadia audit",
      "dev-wes audit",
    ]);
    const wes = calls.find(({ server }) => server === "dev-wes")?.input ?? "";
    expect(JSON.parse(wes)).toMatchObject({ document: { server: "dev-wes" }, deployKey: "ssh-ed25519 AAAA" });
    expect(wes).toContain("marcus@dev-marcus");
    expect(wes).not.toContain("secret");
  });

  test("applies a document only with --repair, only where it is not in force", async () => {
    const drift = { kind: "drift", item: "access", sentence: "differs.", fix: "Repair." };
    const answer = ({ server, program }: Call): ServerAnswer =>
      server === "dev-wes" && program === "audit"
        ? {
            reached: true,
            code: 0,
            stdout: JSON.stringify({ clock: Date.now() / 1000, findings: [drift] }),
            stderr: "",
          }
        : fine;
    const without = stackWhere(answer);
    expect(await audit(request, without.reach, recordingTerminal().terminal)).toBe(1);
    expect(without.calls.filter(({ program }) => program === "apply-access")).toEqual([]);
    const repairing = stackWhere(answer);
    await audit({ ...request, repair: true }, repairing.reach, recordingTerminal().terminal);
    const applied = repairing.calls.filter(({ program }) => program === "apply-access");
    expect(applied.map(({ server }) => server)).toEqual(["dev-wes"]);
  });

  test("reports a server that the stack does not have", async () => {
    const { said, terminal } = recordingTerminal();
    const { reach } = stackWhere(() => fine, ["dev-nadia"]);
    expect(await audit(request, reach, terminal)).toBe(1);
    expect(said.out).toContain("the stack has no such server");
  });

  test("reports a server that the team file does not have, and does not ask it", async () => {
    const { said, terminal } = recordingTerminal();
    const { calls, reach } = stackWhere(() => fine, [], ["dev-kim"]);
    expect(await audit(request, reach, terminal)).toBe(1);
    expect(said.out).toContain("the team file has no such server");
    expect(calls.map(({ server }) => server)).not.toContain("dev-kim");
  });

  test("ends with 2 for a team file that is not valid, and asks no server", async () => {
    const { said, terminal } = recordingTerminal();
    const { calls, reach } = stackWhere(() => fine);
    expect(await audit({ ...request, file: "no-such-team.yaml" }, reach, terminal)).toBe(2);
    expect(said.err).toMatch(/^no-such-team\.yaml:1:1: \(file\): There is no such file\. Fix: /);
    expect(calls).toEqual([]);
  });

  test("ends with 2 when the stack cannot be asked, and asks no server", async () => {
    const { said, terminal } = recordingTerminal();
    const { calls, reach } = stackWhere(() => fine);
    const silent = {
      ...reach,
      readStack: () => Promise.resolve({ ok: false, sentence: "No stack." } as const),
    };
    expect(await audit(request, silent, terminal)).toBe(2);
    expect([said.err, calls]).toEqual(["No stack.\n", []]);
  });
});

describe("a server that takes its time", () => {
  /** The same stack, but one server answers after two and a half seconds. */
  const slowly = (reach: ServerReach, slow: string): ServerReach => ({
    ...reach,
    withSsh: (key, work) =>
      reach.withSsh(key, (ssh) =>
        work({
          run: async (...call) => {
            if (call[0] === slow) await sleep(2_500);
            return ssh.run(...call);
          },
        }),
      ),
  });

  test("is named on standard error, with the time, while JSON alone goes to standard output", async () => {
    const { said, terminal } = recordingTerminal();
    const { reach } = stackWhere(() => fine);
    expect(await audit(request, slowly(reach, "dev-nadia"), terminal)).toBe(0);
    expect(said.err).toMatch(/^ {2}asking dev-nadia …\n {2}asking dev-nadia: done in \d+ s\n$/);
    expect(JSON.parse(said.out)).toMatchObject({ version: 1 });
  });

  test("is named while its agent is frozen", async () => {
    const { said, terminal } = recordingTerminal();
    const { reach } = stackWhere(() => ({ ...fine, stdout: "" }));
    expect(await freeze("wes", slowly(reach, "dev-wes"), terminal)).toBe(0);
    expect(said.err).toMatch(/^ {2}freezing wes-agent on dev-wes …\n/);
  });
});

describe("team freeze and thaw", () => {
  test("reach the server of the person alone, with the login on standard input", async () => {
    const { calls, reach } = stackWhere(() => fine);
    expect(await freeze("wes", reach, recordingTerminal().terminal)).toBe(0);
    expect(await thaw("wes", reach, recordingTerminal().terminal)).toBe(0);
    const input = '{"login":"wes"}';
    expect(calls).toEqual([
      { server: "dev-wes", program: "freeze", input },
      { server: "dev-wes", program: "freeze --thaw", input },
    ]);
  });

  test.each([
    [
      "the server does not answer",
      { reached: false, reason: "Connection refused" },
      3,
      /could not be reached: .*Fix: /,
    ],
    [
      "the server fails",
      { reached: true, code: 1, stdout: "", stderr: "freeze: no.\n" },
      1,
      /^freeze: no\.\n$/,
    ],
  ] as const)("when %s, say so and fail", async (_what, answer, code, words) => {
    const { said, terminal } = recordingTerminal();
    expect(await freeze("wes", stackWhere(() => answer).reach, terminal)).toBe(code);
    expect(said.err).toMatch(words);
  });

  test("refuse an unknown person, and ask nobody", async () => {
    const { said, terminal } = recordingTerminal();
    const { calls, reach } = stackWhere(() => fine);
    expect(await freeze("wess", reach, terminal)).toBe(2);
    expect(said.err).toMatch(/no server of "wess"\. Did you mean "wes"\? Fix: /);
    expect(calls).toEqual([]);
  });
});
