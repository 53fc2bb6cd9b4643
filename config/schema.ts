import { z } from "zod";
import { catalogue, toolNames, versionsOf, type ToolName } from "./catalogue";
import { canHold, enclaveNames, enclaves, isSecurityKey } from "./enclaves";
import {
  backups,
  cpus,
  day,
  disk,
  displayName,
  gitDomain,
  gitEmail,
  gitGeneration,
  gitHostKey,
  image,
  memory,
  personReference,
  publicKey,
  reason,
  repository,
  serverType,
  sharedServer,
  tasks,
  tokenUser,
  uid,
  until,
} from "./fields";
import type { PersonalKey } from "./keys";
import { loginPattern } from "./names";
import { terminals } from "./terminals";
import { sharedNamePattern } from "./shared-names";

/** A list of tools of one role, each at most once. */
function toolList(role: "agent" | "program", item: string, description: string) {
  return z
    .array(z.enum(toolNames(role)).describe(item))
    .superRefine((tools, context) => {
      tools.forEach((tool, index) => {
        if (tools.indexOf(tool) === index) return;
        context.addIssue({
          code: "custom",
          path: [index],
          message: `"${tool}" is listed twice.`,
          params: { fix: "Remove one of the two." },
        });
      });
    })
    .readonly()
    .describe(description);
}

const agents = toolList(
  "agent",
  "The command-line tool of an agent.",
  "Agent command-line tools to install on the server. The agent account exists in any case.",
);

const tools = toolList("program", "A program.", "Other programs to install on the server.");

/** Tools whose version is ours to choose. */
export const versionedTools = (Object.keys(catalogue) as ToolName[]).filter(
  (name) => versionsOf(name).length > 0,
);

const versions = z
  .strictObject(
    Object.fromEntries(
      versionedTools.map((name) => [
        name,
        z.enum(versionsOf(name)).describe(`The version of ${name}. Without it the first one.`).optional(),
      ]),
    ),
  )
  .readonly()
  .describe(
    "Versions of tools, where they are not to be the program's own choice: for a try, or to go back.",
  );

export const limits = z
  .strictObject({
    memory: memory.optional(),
    cpus: cpus.optional(),
    tasks: tasks.optional(),
    disk: disk.optional(),
  })
  .readonly()
  .describe("What the agent may take of the server, so that people can always work on it.");

const repositories = z
  .array(repository)
  .superRefine((list, context) => {
    list.forEach(({ name }, index) => {
      const first = list.findIndex((other) => other.name === name);
      if (first === index) return;
      context.addIssue({
        code: "custom",
        path: [index],
        message: `Two repositories would lie in one folder, ${name}.`,
        params: { fix: "Remove one of the two." },
      });
    });
  })
  .readonly()
  .describe("Repositories in the person's workspace. One that is taken out of the list stays on the server.");

const oneOfTwo =
  "Write key for a deploy key that the server makes, or token for one from the stack settings.";

/** One way of an agent into one git host. */
export const credential = z
  .strictObject({
    key: gitGeneration.optional(),
    token: gitGeneration.optional(),
    user: tokenUser.optional(),
  })
  .superRefine(({ key, token, user }, context) => {
    const refuse = (message: string, fix: string, path: string[] = []): void => {
      context.addIssue({ code: "custom", path, message, params: { fix } });
    };
    if (key === undefined && token === undefined) refuse("This is neither a key nor a token.", oneOfTwo);
    if (key !== undefined && token !== undefined) refuse("This is a key and a token at once.", oneOfTwo);
    if (user !== undefined && token === undefined) refuse("Only a token has a user.", "Remove it.", ["user"]);
  })
  .readonly()
  .describe("How the agent is known at this host: by a deploy key of its own, or by a token of its own.");

const git = z
  .strictObject({
    email: gitEmail.optional(),
    credentials: z
      .record(z.string().meta({ description: "A git host, such as github.com." }), credential)
      .readonly()
      .optional()
      .describe("By host. Never the person's own: an agent that is revoked must not take a person along."),
  })
  .readonly()
  .describe("How the person's agent uses git.");

const gitHosts = z
  .record(
    z.string().meta({ description: "A git host, such as github.com." }),
    z
      .strictObject({
        hostKeys: z.array(gitHostKey).readonly().describe("Agents accept no other key of this host."),
      })
      .readonly()
      .describe("By what the host is known."),
  )
  .readonly()
  .describe("Git hosts that agents reach over ssh.");

/** What a server is made of. */
const serverDefaults = z
  .strictObject({ type: serverType.optional(), image: image.optional(), backups: backups.optional() })
  .readonly()
  .describe("The server of everybody who does not say otherwise.");

const ownServer = z
  .strictObject({ type: serverType.optional(), image: image.optional(), backups: backups.optional() })
  .readonly()
  .describe("What is special about this person's own server; the rest comes from defaults.server.");

const server = z
  .union([ownServer, sharedServer])
  .describe("What is special about this person's own server, or the name of one that is shared.");

/** A shared server of the section `servers`. */
export const sharedSettings = z
  .strictObject({ type: serverType.optional(), image: image.optional(), backups: backups.optional() })
  .readonly()
  .describe("What is special about this shared server; the rest comes from defaults.server.");

/** A key with the place where its private half lives. */
const keyInEnclave = z
  .strictObject({
    key: publicKey,
    enclave: z
      .enum(enclaveNames)
      .describe(
        "The hardware that the private key never leaves, by the word of its owner: a public key does not prove it. A security key (sk-…) needs no such word.",
      ),
  })
  .readonly()
  .superRefine(({ key, enclave }, context) => {
    if (canHold(enclave, key.type)) return;
    const fix = isSecurityKey(key.type)
      ? "Write the key line alone: its type says that it lives in a security key."
      : `Write where it does live: ${enclaveNames.filter((name) => canHold(name, key.type)).join(" or ")}. If it lives in a file, write the key line alone.`;
    context.addIssue({
      code: "custom",
      path: ["enclave"],
      message: `A key of type ${key.type} cannot live in ${enclaves[enclave].name}.`,
      params: { fix },
    });
  })
  .transform(({ key, enclave }): PersonalKey => ({ ...key, enclave }))
  .describe("A key with the hardware that it lives in.");

/** A person's key: the line alone, or with its enclave. */
export const personalKey = z.union([publicKey.transform((key): PersonalKey => key), keyInEnclave]);

export const keyPolicies = ["any", "hardware"] as const;

/** Which keys may log in: `any` kind that is not weak, or only those that live in `hardware`. */
export type KeyPolicy = (typeof keyPolicies)[number];

const keyPolicy = z
  .enum(keyPolicies)
  .describe(
    "any (default): every key that is not weak. hardware: only security keys (sk-…), which must verify their user by PIN or finger at each login, and keys that are marked with the enclave they live in (docs/laptop.md).",
  );

export const sessionManagers = ["uxon", "none"] as const;

/** What shows sessions: `uxon`, or nothing beside tmux itself. */
export type SessionManager = (typeof sessionManagers)[number];

const sessionManager = z
  .enum(sessionManagers)
  .describe(
    "uxon (default): a list of sessions on every server, and for leads one list of all servers that they lead. none: tmux alone.",
  );

const terminal = z
  .enum(terminals)
  .describe(
    "How people come to their servers: by ssh (default), and beside it by mosh or by Eternal Terminal (et), whose sessions survive a lost connection.",
  );

export const defaults = z
  .strictObject({
    server: serverDefaults.optional(),
    agents: agents.optional(),
    tools: tools.optional(),
    versions: versions.optional(),
    limits: limits.optional(),
    keyPolicy: keyPolicy.optional(),
    gitDomain: gitDomain.optional(),
    sessionManager: sessionManager.optional(),
    terminal: terminal.optional(),
  })
  .readonly()
  .describe("What holds for everybody who does not say otherwise.");

/** What becomes of the server of somebody who has left. */
const leaverServer = z
  .enum(["keep", "archived", "destroyed"])
  .describe(
    "keep: the server stays, locked, until somebody has looked through it. archived: a snapshot of its disk is made and kept, then it is destroyed. destroyed: it is destroyed with all that is on it, and so is a snapshot that was made; of a shared server only this person's accounts are removed, while others are there. First keep, then, after an apply, one of the others.",
  );

const leaving = z
  .strictObject({ on: day, server: leaverServer.optional() })
  .readonly()
  .transform((left) => ({ on: left.on, server: left.server ?? ("keep" as const) }))
  .describe("The day, and what becomes of the server.");

export const left = z
  .union([day.transform((on) => ({ on, server: "keep" as const })), leaving])
  .describe(
    "The person has left on this day. All access ends with the next apply, whatever the day is. The entry must stay, because it keeps the uid reserved: a reused uid would own the leaver's files.",
  );

/** One person of the team, or one who has left. */
export const person = z
  .strictObject({
    name: displayName.optional(),
    keys: z
      .array(personalKey)
      .readonly()
      .optional()
      .describe(
        "The public keys by which this person logs in, one for each device. At least one, unless the person has left.",
      ),
    agents: agents.optional(),
    tools: tools.optional(),
    versions: versions.optional(),
    limits: limits.optional(),
    git: git.optional(),
    repositories: repositories.optional(),
    server: server.optional(),
    uid: uid.optional(),
    left: left.optional(),
  })
  .readonly()
  .describe(
    "One person. Each has a server named dev-LOGIN, or a place on a shared one, and there an account LOGIN and an agent account LOGIN-agent.",
  );

export const grantModes = ["attach", "watch"] as const;

/** `attach`: act as the agent. `watch`: see its sessions, read-only. */
export type GrantMode = (typeof grantModes)[number];

/** One lead's right to reach one person's agent. */
export const grant = z
  .strictObject({
    lead: personReference("Login of the person who gets the access."),
    over: personReference(
      "Login of the person whose agent it is. The lead gets the agent, never the person's own account.",
    ),
    mode: z
      .enum(grantModes)
      .optional()
      .describe("attach (default): act as the agent. watch: look at its sessions without typing."),
    until: until.optional(),
    reason: reason.optional(),
  })
  .readonly()
  .describe("lead may reach the agent of over, on the server of over.");

/** Whether a login can be used is checked by a rule: an invalid key of a record would hide what is wrong with its value. */
const login = z.string().meta({
  description: "Login: a–z, 0–9 and -, starting with a letter, at most 26.",
  editor: { pattern: loginPattern.source },
});

/** The team file: who is on the team, and who may reach whose agents. */
export const teamFile = z
  .strictObject({
    defaults: defaults.optional(),
    gitHosts: gitHosts.optional(),
    servers: z
      .record(
        z
          .string()
          .meta({ description: "Name, such as dev-shared.", editor: { pattern: sharedNamePattern.source } }),
        sharedSettings,
      )
      .optional()
      .describe(
        "Servers that several people share (server: NAME of a person), where they are not like defaults.server.",
      ),
    people: z.record(login, person).describe("Everybody who is or was on the team, by login."),
    grants: z
      .array(grant)
      .readonly()
      .optional()
      .describe("Who may reach whose agent. Nobody else may, except everybody their own."),
  })
  .readonly()
  .meta({
    title: "Team file of team-runtime",
    description: "Who is on the team, and who may reach whose agents.",
  });

/** The team file as it is written, with values read and without defaults. */
export type TeamFile = z.infer<typeof teamFile>;
export type PersonEntry = z.infer<typeof person>;
export type GrantEntry = z.infer<typeof grant>;
