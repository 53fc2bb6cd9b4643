import { beforeAll, describe, expect, test } from "vitest";
import { brokenInvariants, invariants } from "../../invariants/index";
import { notKnown, notShown, Secret, type Resource, type StackResources } from "../../invariants/resource";
import { developmentSettings, recordProgram } from "../support/record-program";

/** For each invariant, ways to break it, done to the resources of the real program: each must be found, where it is, and no other. */
let sound: StackResources;

beforeAll(async () => {
  sound = (await recordProgram("dev", developmentSettings())).stack;
});

type Edit = (resource: Resource) => Resource;

interface Break {
  readonly how: string;
  readonly invariant: string;
  /** Name and, where two have one, type of the resource that is changed. */
  readonly at: string;
  readonly type?: string;
  readonly edit: Edit;
  /** Where it is found, when it is not there. */
  readonly found?: string;
  /** Which others it breaks as well, because they see the same. */
  readonly also?: readonly string[];
}

const inputs =
  (change: Readonly<Record<string, unknown>>): Edit =>
  (resource) => ({ ...resource, inputs: { ...resource.inputs, ...change } });

const connection =
  (change: Readonly<Record<string, unknown>>): Edit =>
  (resource) => {
    const { content } = resource.inputs["connection"] as Secret;
    return inputs({ connection: new Secret({ ...(content as object), ...change }) })(resource);
  };

const userData =
  (change: (text: string) => string): Edit =>
  (resource) => {
    const { content } = resource.inputs["userData"] as Secret;
    return inputs({ userData: new Secret(change(String(content))) })(resource);
  };

/** A change of the text of an access document, which must really change. */
const text =
  (from: string | RegExp, to: string): Edit =>
  (resource) => {
    const before = String(resource.inputs["stdin"]);
    const after = before.replace(from, to);
    if (before === after) throw new Error(`Nothing to change: ${String(from)}`);
    return inputs({ stdin: after })(resource);
  };

const rule = (port: string, ...sourceIps: readonly string[]): Edit =>
  inputs({ rules: [{ direction: "in", protocol: "tcp", port, sourceIps }] });

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHkuuPfpYUzdyEEcN/wY6OobnKaZSCt/pFA5HwLoaE4a";
const server = "hcloud:index/server:Server";
const devServer = "team-runtime:index:DevServer";

const breaks: readonly Break[] = [
  ...(
    [
      ["a value in the command text", { create: "sudo /usr/local/lib/team-runtime/apply-access wes" }],
      ["a second command", { create: "sudo /usr/local/lib/team-runtime/apply-access; id" }],
      ["a program from somewhere else", { create: "sudo /tmp/apply-access" }],
      ["a hidden command text", { create: new Secret("sudo /usr/local/lib/team-runtime/apply-access") }],
      ["a command text that only the update knows", { create: notKnown }],
      ["an update of its own", { update: "sudo /usr/local/lib/team-runtime/apply-access" }],
    ] as const
  ).map(([how, change]) => ({
    how,
    invariant: "commands-run-constant-programs",
    at: "dev-wes-access",
    edit: inputs(change),
  })),
  {
    how: "a deletion that interpolates",
    invariant: "commands-run-constant-programs",
    at: "dev-marcus-hop",
    edit: inputs({ delete: "sudo /usr/local/lib/team-runtime/hop --remove marcus" }),
  },
  {
    how: "triggers",
    invariant: "commands-have-no-triggers",
    at: "dev-wes-access",
    edit: inputs({ triggers: [1] }),
  },
  {
    how: "retainOnDelete",
    invariant: "commands-are-not-kept",
    at: "dev-wes-access",
    edit: (resource) => ({ ...resource, retainOnDelete: true }),
  },
  {
    how: "a deletion of access",
    invariant: "access-has-no-deletion",
    at: "dev-wes-access",
    edit: inputs({ delete: "sudo /usr/local/lib/team-runtime/apply-access" }),
  },
  {
    how: "no deletedWith",
    invariant: "commands-end-with-their-server",
    at: "dev-wes-boot",
    edit: (resource) => ({ ...resource, deletedWith: undefined }),
  },
  {
    how: "another server's deletedWith",
    invariant: "commands-end-with-their-server",
    at: "dev-wes-boot",
    edit: (resource) => ({ ...resource, deletedWith: "dev-nadia" }),
  },
  {
    how: "an environment",
    invariant: "commands-pass-no-environment",
    at: "dev-wes-boot",
    edit: inputs({ environment: { A: "1" } }),
  },
  {
    how: "the previous output in the environment",
    invariant: "commands-pass-no-environment",
    at: "dev-wes-boot",
    edit: inputs({ addPreviousOutputInEnv: true }),
  },
  {
    how: "a connection in the clear",
    invariant: "connections-are-secret",
    at: "dev-wes-boot",
    edit: inputs({ connection: { host: "192.0.2.1", user: "deploy", privateKey: "?", hostKey: key } }),
  },
  ...(
    [
      ["credentials in the clear", { logging: "none" }],
      ["credentials whose program's output is shown", { stdin: new Secret("{}") }],
    ] as const
  ).map(([how, change]) => ({
    how,
    invariant: "credentials-are-secret",
    at: "dev-wes-workplaces",
    edit: (resource: Resource) => ({ ...inputs(change)(resource), name: "dev-wes-credentials" }),
    found: "dev-wes-credentials",
  })),
  {
    how: "no host key",
    invariant: "connections-are-pinned",
    at: "dev-wes-identity",
    edit: connection({ hostKey: undefined }),
  },
  {
    how: "an empty host key",
    invariant: "connections-are-pinned",
    at: "dev-wes-boot",
    edit: connection({ hostKey: "" }),
  },
  {
    how: "root",
    invariant: "connections-use-the-deploy-key",
    at: "dev-wes-boot",
    edit: connection({ user: "root" }),
  },
  {
    how: "a password",
    invariant: "connections-use-the-deploy-key",
    at: "dev-wes-boot",
    edit: connection({ password: "x" }),
  },
  {
    how: "a private key in a plain input",
    invariant: "nothing-secret-is-in-the-clear",
    at: "dev-marcus-hop",
    edit: inputs({
      stdin: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----",
    }),
  },
  {
    how: "a password hash deep in a plain input",
    invariant: "nothing-secret-is-in-the-clear",
    at: "dev-wes",
    type: devServer,
    edit: inputs({ shown: { list: ["$2a$10$N9qo8uLOickgx2ZMRZoMye"] } }),
  },
  {
    how: "user_data in the clear",
    invariant: "user-data-keeps-no-secret",
    at: "dev-wes",
    type: server,
    edit: inputs({ userData: "#cloud-config" }),
  },
  {
    how: "a token in user_data",
    invariant: "user-data-keeps-no-secret",
    at: "dev-wes",
    type: server,
    edit: userData((before) => `${before}# ${["ghp", "x1".repeat(18)].join("_")}\n`),
  },
  {
    how: "a second private key in user_data",
    invariant: "user-data-keeps-no-secret",
    at: "dev-wes",
    type: server,
    edit: userData(
      (before) =>
        `${before}-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----`,
    ),
  },
  {
    how: "a password hash in user_data",
    invariant: "user-data-keeps-no-secret",
    at: "dev-wes",
    type: server,
    edit: userData((before) => `${before}# $6$saltsalt$hash`),
  },
  ...["userData", "image", "sshKeys", "location"].map((input) => ({
    how: `a change of ${input} that replaces the server`,
    invariant: "servers-are-not-replaced",
    at: "dev-wes",
    type: server,
    edit: (resource: Resource) => ({
      ...resource,
      ignoreChanges: resource.ignoreChanges.filter((ignored) => ignored !== input),
    }),
  })),
  {
    how: "no key",
    invariant: "servers-have-the-deploy-key",
    at: "dev-wes",
    type: server,
    edit: inputs({ sshKeys: [] }),
  },
  {
    how: "no firewall",
    invariant: "servers-are-behind-the-firewall",
    at: "dev-wes",
    type: server,
    edit: inputs({ firewallIds: undefined }),
  },
  ...(
    [
      ["the world on another port", rule("5432", "0.0.0.0/0")],
      ["the world of IPv6 on another port", rule("5432", "2001:db8::/32", "::/0")],
      ["the world in two halves", rule("5432", "0.0.0.0/1", "128.0.0.0/1")],
      ["the world on all ports", rule("any", "0.0.0.0/0")],
      ["sources that nobody can read", rule("5432", "everywhere")],
      ["the port of a terminal that no server has", rule("2022", "0.0.0.0/0")],
    ] as const
  ).map(([how, edit]) => ({ how, invariant: "firewall-opens-no-other-port", at: "team", edit })),
  {
    how: "a server of another name",
    invariant: "servers-are-named-after-their-person",
    at: "dev-wes",
    type: server,
    edit: inputs({ name: "web" }),
  },
  {
    how: "a server with another owner",
    invariant: "servers-are-named-after-their-person",
    at: "dev-wes",
    type: devServer,
    edit: inputs({ owner: "nadia" }),
  },
  {
    how: "a Command under another server",
    invariant: "parts-are-named-after-their-server",
    at: "dev-wes-boot",
    edit: (resource) => ({ ...resource, parent: "dev-nadia", deletedWith: "dev-nadia" }),
  },
  {
    how: "a Command under no server",
    invariant: "parts-are-named-after-their-server",
    at: "dev-wes-boot",
    edit: ({ parent, ...resource }) => ({ ...resource, deletedWith: parent }),
    also: ["commands-end-with-their-server"],
  },
  {
    how: "an agent of another name",
    invariant: "accounts-are-named-by-the-rule",
    at: "dev-wes/wes-agent",
    edit: inputs({ login: "root" }),
  },
  {
    how: "a person of another name",
    invariant: "accounts-are-named-by-the-rule",
    at: "dev-wes/wes",
    edit: inputs({ login: "Wes" }),
  },
  {
    how: "a grant over a person",
    invariant: "accounts-are-named-by-the-rule",
    at: "dev-wes/lead-marcus",
    edit: inputs({ runAs: "wes" }),
    also: ["leads-are-there-by-a-grant"],
  },
  ...(
    [
      ["a document that is no JSON", inputs({ stdin: "marcus ALL=(ALL) ALL" })],
      [
        "a hidden document",
        (resource: Resource) => inputs({ stdin: new Secret(resource.inputs["stdin"]) })(resource),
      ],
      ["no document", inputs({ stdin: undefined })],
      ["a field that nobody knows", text('"version": 1', '"extra": {}, "version": 1')],
      ["another server's document", text('"server": "dev-wes"', '"server": "dev-nadia"')],
      ["another version", text('"version": 1', '"version": 2')],
    ] as const
  ).map(([how, edit]) => ({ how, invariant: "documents-can-be-read", at: "dev-wes-access", edit })),
  ...(
    [
      ["root by sudo", text("marcus ALL=(wes-agent)", "marcus ALL=(root)")],
      ["everybody by sudo", text("marcus ALL=(wes-agent)", "marcus ALL=(ALL)")],
      ["the person by sudo", text("marcus ALL=(wes-agent)", "marcus ALL=(wes)")],
      ["SETENV", text("NOPASSWD:NOSETENV: ALL", "NOPASSWD:SETENV: ALL")],
      ["an alias", text("marcus ALL=(wes-agent)", "%sudo ALL=(wes-agent)")],
      ["another command", text("NOPASSWD:NOSETENV: ALL", "NOPASSWD:NOSETENV: /bin/bash")],
      [
        "a second line in one",
        text("NOPASSWD:NOSETENV: ALL", "NOPASSWD:NOSETENV: ALL\\nmarcus ALL=(ALL) ALL"),
      ],
      ["a line under another name", text('"marcus as wes-agent"', '"onboarding"')],
      ["a user without an account", text("marcus ALL=(wes-agent)", "nadia ALL=(wes-agent)")],
    ] as const
  ).map(([how, edit]) => ({
    how,
    invariant: "sudo-gives-agents-only",
    at: "dev-wes-access",
    edit,
    also: ["leads-are-there-by-a-grant"],
  })),
  ...(
    [
      ["a key of an agent", text('"keys": {', `"keys": { "wes-agent": { "x": "${key} wes-agent" },`), []],
      ["a key without bounds for a lead", text("restrict,pty,from=", "pty,from="), []],
      [
        "options on a person's own key",
        text(/: "ssh-ed25519 (.*) wes"/, ': "command=\\"sh\\" ssh-ed25519 $1 wes"'),
        [],
      ],
      ["a key under a wrong fingerprint", text("SHA256:V", "SHA256:W"), []],
      ["a lead with a key of their own", text(/"hop key of dev-marcus": ".*"/, `"x": "${key} marcus"`), []],
    ] as const
  ).map(([how, edit]) => ({ how, invariant: "only-people-log-in", at: "dev-wes-access", edit })),
  {
    how: "a leaver with a key",
    invariant: "only-people-log-in",
    at: "dev-wes-access",
    edit: text(/("role": "owner",\s+"state": )"active"/, '$1"left"'),
    also: ["sudo-gives-agents-only"],
  },
  {
    how: "a second owner",
    invariant: "accounts-follow-the-rule",
    at: "dev-wes-access",
    edit: text('"role": "lead"', '"role": "owner"'),
    also: ["leads-are-there-by-a-grant", "only-people-log-in"],
  },
  {
    how: "an agent of nobody",
    invariant: "accounts-follow-the-rule",
    at: "dev-wes-access",
    edit: text('"owner": "wes"', '"owner": "nadia"'),
  },
  {
    how: "another uid on another server",
    invariant: "uids-are-the-same-everywhere",
    at: "dev-wes-access",
    edit: text('"uid": 44204', '"uid": 50000'),
  },
  {
    how: "a uid that is taken",
    invariant: "uids-are-the-same-everywhere",
    at: "dev-wes-access",
    edit: text('"uid": 56728', '"uid": 33532'),
    also: [],
  },
  {
    how: "root's uid",
    invariant: "uids-are-the-same-everywhere",
    at: "dev-wes-access",
    edit: text('"uid": 56728', '"uid": 0'),
  },
  ...(
    [
      ["another mode than the grant's", inputs({ mode: "watch" })],
      ["another end than the grant's", inputs({ until: "2026-12-31T23:59:59Z" })],
      ["another lead than the grant's", inputs({ lead: "nadia" })],
    ] as const
  ).map(([how, edit]) => ({
    how,
    invariant: "leads-are-there-by-a-grant",
    at: "dev-wes/lead-marcus",
    found: "dev-wes-access",
    edit,
    also: how.startsWith("another lead") ? ["accounts-are-named-by-the-rule"] : [],
  })),
  {
    how: "a lead's account without a right",
    invariant: "leads-are-there-by-a-grant",
    at: "dev-wes-access",
    edit: text(/\s+"marcus as wes-agent": .*/, ""),
  },
];

describe("what breaks an invariant is found", () => {
  test.each(breaks)("$invariant: $how", ({ invariant, at, type, edit, found = at, also = [] }) => {
    const isMeant = (resource: Resource): boolean =>
      resource.name === at && (type === undefined || resource.type === type);
    expect(sound.resources.filter(isMeant)).toHaveLength(1);
    const resources = sound.resources.map((resource) => (isMeant(resource) ? edit(resource) : resource));
    const broken = brokenInvariants({ ...sound, resources });
    const names = new Set(broken.map((breach) => breach.invariant.name));
    expect([...names].filter((name) => !also.includes(name))).toEqual([invariant]);
    expect(broken.map(({ resource }) => resource)).toContain(found);
  });

  test("every invariant has a case, and a name, a sentence and a remedy of its own", () => {
    const tried = new Set([...breaks.map(({ invariant }) => invariant), "servers-are-protected"]);
    expect(invariants.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
    for (const part of ["name", "sentence", "remedy"] as const)
      expect(new Set(invariants.map((invariant) => invariant[part])).size, part).toBeGreaterThan(
        part === "remedy" ? 15 : invariants.length - 1,
      );
  });
});

describe("the port of a terminal", () => {
  const opening = { direction: "in", protocol: "udp", port: "60000-60099", sourceIps: ["0.0.0.0/0"] };
  const with_ = (terminal: string): StackResources => ({
    ...sound,
    resources: sound.resources.map((resource) => {
      if (resource.name === "team") return inputs({ rules: [opening] })(resource);
      return resource.type === devServer ? inputs({ terminal })(resource) : resource;
    }),
  });

  test("may be open to the world where servers are shown to have it, and nowhere else", () => {
    expect(brokenInvariants(with_("mosh"))).toEqual([]);
    for (const terminal of ["et", "ssh", "mosh "])
      expect(brokenInvariants(with_(terminal)).map(({ invariant }) => invariant.name)).toEqual([
        "firewall-opens-no-other-port",
      ]);
  });
});

describe("outside dev, servers are protected", () => {
  const isServer = ({ type }: Resource): boolean => type === server;
  const withServers = (edit: Edit): StackResources => ({
    stack: "prod",
    resources: sound.resources.map((resource) => (isServer(resource) ? edit(resource) : resource)),
  });
  const protectedServer: Edit = (resource) => ({
    ...inputs({ deleteProtection: true, rebuildProtection: true })(resource),
    protect: true,
  });

  test("all of them, at Hetzner and in Pulumi", () => {
    expect(brokenInvariants(withServers(protectedServer))).toEqual([]);
    for (const edit of [
      (resource: Resource) => resource,
      (resource: Resource) => ({ ...protectedServer(resource), protect: false }),
      (resource: Resource) => inputs({ deleteProtection: false })(protectedServer(resource)),
      (resource: Resource) => inputs({ rebuildProtection: undefined })(protectedServer(resource)),
    ]) {
      const broken = brokenInvariants(withServers(edit));
      expect(broken.map(({ invariant, resource }) => [invariant.name, resource])).toEqual(
        ["dev-marcus", "dev-nadia", "dev-wes"].map((name) => ["servers-are-protected", name]),
      );
    }
  });

  test("but not that of a leaver, which is about to go", () => {
    const stack = withServers((resource) =>
      resource.name === "dev-wes" ? resource : protectedServer(resource),
    );
    const left = stack.resources.map((resource) =>
      resource.name === "dev-wes" && resource.type === devServer
        ? inputs({ state: "left" })(resource)
        : resource,
    );
    expect(brokenInvariants({ ...stack, resources: left })).toEqual([]);
  });
});

describe("what a preview does not show", () => {
  const hide: Edit = (resource) => ({
    ...resource,
    inputs: Object.fromEntries(
      Object.entries(resource.inputs).map(([input, value]) => [
        input,
        value instanceof Secret ? new Secret(notShown) : value,
      ]),
    ),
  });

  test("hidden secrets break nothing, and a connection that is not known yet neither", () => {
    expect(brokenInvariants({ ...sound, resources: sound.resources.map(hide) })).toEqual([]);
    const unknown = sound.resources.map((resource) =>
      "connection" in resource.inputs ? inputs({ connection: notKnown })(resource) : hide(resource),
    );
    expect(brokenInvariants({ ...sound, resources: unknown })).toEqual([]);
  });

  test("options that a policy pack is not told break nothing", () => {
    const resources = sound.resources.map((resource): Resource => ({
      ...resource,
      deletedWith: notShown,
      retainOnDelete: notShown,
    }));
    expect(brokenInvariants({ ...sound, resources })).toEqual([]);
  });

  test("no resources, and resources without inputs, do not throw", () => {
    expect(brokenInvariants({ stack: "dev", resources: [] })).toEqual([]);
    const bare = sound.resources.map((resource) => ({ ...resource, inputs: {} }));
    const names = new Set(
      brokenInvariants({ ...sound, resources: bare }).map(({ invariant }) => invariant.name),
    );
    expect(names).toContain("connections-are-pinned");
    expect(names).toContain("documents-can-be-read");
    expect(names).toContain("servers-are-named-after-their-person");
  });
});
