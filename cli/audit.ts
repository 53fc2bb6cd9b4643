import { createHash } from "node:crypto";
import { renderAccessDocument } from "../components/access-document";
import { readHostSoftware } from "../components/host-software";
import { renderCredentialsDocument } from "../components/credentials-document";
import { renderToolsDocument } from "../components/tools-document";
import { renderWorkplaceDocument } from "../components/workplace-document";
import { eternalTerminalMissing, eternalTerminalSetting } from "../config/eternal-terminal";
import { placeOf } from "../config/names";
import { plan, type ServerPlan } from "../config/plan";
import { formatProblem, formatWarning } from "../config/problem";
import { formatSettingProblem } from "../config/settings";
import { auditExitCode, formatAudit, formatAuditJson, type ServerAudit } from "./audit-report";
import { auditServer } from "./audit-server";
import { inParallel } from "./in-parallel";
import type { ServerReach } from "./server-reach";
import type { StackAccess } from "./stack-access";
import { readTeamFile } from "./team-version";
import { exitCodes, progressOn } from "./terminal";
import type { Terminal } from "./terminal";

export interface AuditRequest {
  readonly file: string;
  readonly json: boolean;
  /** Applies the access document where it is not in force. */
  readonly repair: boolean;
}

/** So many ssh connections at once are no burden for a laptop. */
const atOnce = 16;

/**
 * `team audit`: every server of the plan against the plan. Changes nothing without `repair`. Returns the exit code: 0 clean,
 * 1 drift, 2 invalid, 3 a server could not be asked.
 */
export async function audit(request: AuditRequest, reach: ServerReach, terminal: Terminal): Promise<number> {
  const started = Date.now();
  // A grant that has ended is a finding here, and no reason to look at nothing.
  const parsed = readTeamFile(request.file, started);
  for (const warning of parsed.warnings) terminal.complain(`${formatWarning(warning)}\n`);
  if (!parsed.ok) {
    for (const problem of parsed.problems) terminal.complain(`${formatProblem(problem)}\n`);
    return exitCodes.invalid;
  }
  const { servers } = plan(parsed.team);
  const reading = await reach.readStack();
  if (!reading.ok) {
    terminal.complain(`${reading.sentence}\n`);
    return exitCodes.invalid;
  }
  const { stack } = reading;
  if (parsed.team.terminal === "et" && stack.eternalTerminal === undefined) {
    terminal.complain(
      `${formatSettingProblem({ setting: eternalTerminalSetting, ...eternalTerminalMissing })}\n`,
    );
    return exitCodes.invalid;
  }
  const software = hashesOf(readHostSoftware());
  const progress = progressOn(terminal);
  const audits = await reach.withSsh(stack.deployKey.privateKey, (ssh) =>
    inParallel(servers, atOnce, async (server) => {
      const at = stack.servers.get(server.name);
      if (at === undefined) return notThere(server.name);
      const document = renderAccessDocument(server, lateValues(server, stack));
      const { name, grants, state } = server;
      const [tools, workplaces] =
        state === "active"
          ? [renderToolsDocument(server, stack.eternalTerminal), renderWorkplaceDocument(server)]
          : [null, null];
      // Without the tokens: a server is asked about modes, owners and generations.
      const credentials = renderCredentialsDocument(server);
      const expected = { server: name, at, document, grants, software, credentials, tools, workplaces };
      const { deployKey, sshFrom } = stack;
      return progress.step(`asking ${name}`, () =>
        auditServer({ ...expected, deployKey: deployKey.publicKey, sshFrom }, ssh, request.repair),
      );
    }),
  );
  const all = [...audits, ...tooMany(servers, stack)];
  terminal.print(request.json ? formatAuditJson(all) : formatAudit(all, (Date.now() - started) / 1000));
  return auditExitCode(all);
}

function hashesOf(files: ReturnType<typeof readHostSoftware>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).map(([path, { content }]) => [
      path,
      createHash("sha256").update(content).digest("hex"),
    ]),
  );
}

/** What only an update knew, as the state has kept it: the leads' hop keys and the addresses that they come from. */
function lateValues(
  { grants }: ServerPlan,
  { hopKeys, servers }: StackAccess,
): Parameters<typeof renderAccessDocument>[1] {
  return {
    hopKeys: new Map(
      grants.map(({ lead, leadServer }) => [lead, hopKeys.get(placeOf(leadServer, lead)) ?? null]),
    ),
    addresses: new Map(
      grants.map(({ leadServer }) => [leadServer, servers.get(leadServer)?.address ?? null]),
    ),
  };
}

function notThere(server: string): ServerAudit {
  const sentence = "is in the team file, and the stack has no such server.";
  const finding = { kind: "drift", item: server, sentence, fix: "Run pulumi up." } as const;
  return { server, state: "drift", seconds: 0, repaired: [], findings: [finding] };
}

/** Servers of the stack that the team file does not name: nobody's access there is known. */
function tooMany(servers: readonly ServerPlan[], stack: StackAccess): readonly ServerAudit[] {
  const planned = new Set(servers.map(({ name }) => name));
  return [...stack.servers.keys()]
    .filter((name) => !planned.has(name))
    .map((server) => {
      const sentence = "is in the stack, and the team file has no such server.";
      const fix = "Put its person back into the team file, or run pulumi up.";
      const finding = { kind: "unmanaged", item: server, sentence, fix } as const;
      return { server, state: "drift", seconds: 0, repaired: [], findings: [finding] };
    });
}
