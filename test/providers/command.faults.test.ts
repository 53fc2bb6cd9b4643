/** Proves what the command stand-in does when a host, a key or a command is not as it should be. */
import { createServer, type Server, type Socket } from "node:net";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { commandProvider } from "../../sandbox/providers/command/command-provider";
import { goQuote } from "../../sandbox/providers/command/go-quote";
import { unknownValue, type Properties } from "../../sandbox/providers/protocol/property-values";
import { connectPlugin, type PluginClient } from "./plugin-client";
import { startSshServer, type TestSshServer } from "./ssh-server";

const urn =
  "urn:pulumi:dev::team-runtime::team-runtime:index:DevServer$command:remote:Command::dev-wes-access";

let ssh: TestSshServer;
let plugin: PluginClient;

beforeAll(async () => {
  ssh = await startSshServer();
});
afterAll(() => ssh.close());
beforeEach(async () => {
  plugin = await connectPlugin(commandProvider);
  await plugin.configure({});
});
afterEach(() => {
  plugin.close();
});

function connection(changed: Properties = {}) {
  const { port, privateKey, hostKey } = ssh;
  return { host: "127.0.0.1", port, user: "deploy", privateKey, hostKey, dialErrorLimit: 0, ...changed };
}

function run(create: string, more: Properties = {}) {
  return plugin.create(urn, { connection: connection(), create, ...more });
}

describe("inputs", () => {
  test.each([
    ["archivePaths", { connection: { host: "h" }, archivePaths: [] }],
    ["connection.proxy", { connection: { host: "h", proxy: { host: "b" } } }],
    ["connection.password", { connection: { host: "h", password: "p" } }],
  ])("%s, which the stand-in does not know, is refused by name", async (name, inputs) => {
    expect(await plugin.check(urn, inputs)).toEqual([expect.stringContaining(`'${name}'`)]);
  });

  test.each([
    ["connection", {}],
    ["connection.host", { connection: {} }],
  ])("a missing %s is named", async (name, inputs) => {
    expect(await plugin.check(urn, inputs)).toEqual([expect.stringContaining(`'${name}'`)]);
  });

  test("all known ones are taken", async () => {
    const inputs = { connection: connection(), create: "true", stdin: "", triggers: [1], logging: "none" };
    expect(await plugin.check(urn, inputs)).toEqual([]);
  });
});

describe("previews", () => {
  test("know everything but the result, and open no connection", async () => {
    const before = ssh.logins();
    const inputs = { connection: connection(), create: "echo hello" };
    const created = await plugin.create(urn, inputs, true);
    expect(created.outputs).toEqual({ ...inputs, stdout: unknownValue, stderr: unknownValue });
    const old = { id: "x", inputs, outputs: { ...inputs, stdout: "hello", stderr: "" } };
    const updated = await plugin.update(urn, old, { ...inputs, create: "echo bye" }, true);
    expect(updated).toMatchObject({ create: "echo bye", stdout: unknownValue });
    expect(ssh.logins()).toBe(before);
  });
});

describe("results", () => {
  test("lose one newline at the end and no more", async () => {
    expect((await run("printf 'a\\n\\n'; printf 'b' >&2")).outputs).toMatchObject({
      stdout: "a\n",
      stderr: "b",
    });
  });

  test("hold more than a channel's window", async () => {
    const { outputs } = await run("cat", { stdin: "0123456789".repeat(500_000), logging: "none" });
    expect(outputs["stdout"]).toHaveLength(5_000_000);
  });

  test("of a command that reads no input come all the same", async () => {
    expect((await run("echo done", { stdin: "x".repeat(100_000) })).outputs).toMatchObject({
      stdout: "done",
    });
  });

  test.each([
    ["stdout", ["out"]],
    ["stderr", ["err"]],
    ["stdoutAndStderr", ["err", "out"]],
    ["none", []],
  ])("with logging %s are shown accordingly, and kept in any case", async (logging, shown) => {
    const { outputs } = await run("echo out; echo err >&2", { logging });
    expect(plugin.messages.sort()).toEqual(shown);
    expect(outputs).toMatchObject({ stdout: "out", stderr: "err" });
  });

  test("see variables that the server accepts", async () => {
    expect((await run("echo $LC_TEAM", { environment: { LC_TEAM: "runtime" } })).outputs).toMatchObject({
      stdout: "runtime",
    });
  });

  test("without a text to run are empty, and no connection is opened", async () => {
    const before = ssh.logins();
    const created = await plugin.create(urn, { connection: connection() });
    expect(created.outputs).toMatchObject({ stdout: "", stderr: "" });
    expect(ssh.logins()).toBe(before);
  });
});

describe("deletion", () => {
  test("runs the text of the state over the connection of the state", async () => {
    await plugin.delete(urn, "x", {
      connection: connection(),
      create: "exit 1",
      delete: "echo bye",
      stdout: "",
    });
    expect(plugin.messages).toEqual(["bye"]);
  });

  test("without a text opens no connection", async () => {
    const before = ssh.logins();
    await plugin.delete(urn, "x", { connection: connection(), create: "exit 1", stdout: "" });
    expect(ssh.logins()).toBe(before);
  });
});

describe("failures", () => {
  test("carry the command and what it wrote", async () => {
    await expect(run('echo "a"; exit 7')).rejects.toThrow(
      'Process exited with status 7: running "echo \\"a\\"; exit 7":\na\n',
    );
  });

  test("by a signal name it", async () => {
    await expect(run("kill -TERM $$")).rejects.toThrow(
      "Process exited with status 143 from signal TERM: running",
    );
  });

  test("with another host key of the right kind are a mismatch", async () => {
    const other = await startSshServer();
    await expect(run("true", { connection: connection({ hostKey: other.hostKey }) })).rejects.toThrow(
      "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    );
    await other.close();
  });

  test("of a key that cannot be read are said so", async () => {
    await expect(run("true", { connection: connection({ privateKey: "none" }) })).rejects.toThrow(
      "ssh: no key found",
    );
  });

  test.each([
    ["ssh-ed25519", "failed to parse host key: ssh: no key found"],
    ["ssh-ed25519 AAAA", "ssh: short read"],
    ["ssh-ed25519 AA!A", "illegal base64 data at input byte 2"],
  ])("of the pin %s are said at once, without a dial", async (hostKey, text) => {
    await expect(run("true", { connection: connection({ hostKey, port: 1 }) })).rejects.toThrow(text);
    expect(plugin.messages).toEqual([]);
  });
});

describe("a host that accepts and is silent", () => {
  let silent: Server;
  const sockets: Socket[] = [];
  let port = 0;
  beforeAll(async () => {
    silent = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    port = (silent.address() as { port: number }).port;
  });
  afterAll(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    silent.close();
  });

  test("is given up after perDialTimeout, as often as the limit says", async () => {
    const silentHost = connection({ port, perDialTimeout: 0.2, dialErrorLimit: 2 });
    await expect(run("true", { connection: silentHost })).rejects.toThrow(
      "after 2 failed attempts: ssh: handshake failed: i/o timeout",
    );
    expect(plugin.messages).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
    expect(sockets).toHaveLength(3);
  });

  test("with no limit is dialled until the update is cancelled", async () => {
    const silentHost = connection({ port, perDialTimeout: 0.05, dialErrorLimit: -1 });
    const creation = run("true", { connection: silentHost });
    creation.catch(() => undefined);
    await expect.poll(() => plugin.messages).toContain("Dial 2/inf failed: retrying");
    await plugin.cancel();
    await expect(creation).rejects.toThrow("aborted");
  });
});

test.each([
  ["plain", '"plain"'],
  ['a "b" \\', '"a \\"b\\" \\\\"'],
  ["tab\tline\n\u0001\u007f", '"tab\\tline\\n\\x01\\x7f"'],
  ["grüße", '"grüße"'],
])("%j in the quotes of Go", (text, quoted) => {
  expect(goQuote(text)).toBe(quoted);
});
