import * as pulumi from "@pulumi/pulumi";
import { applyAccess } from "./components/access";
import { archiveServers } from "./components/archive";
import { giveCredentials } from "./components/credentials";
import { DevServer } from "./components/DevServer";
import { haveRun } from "./components/have-run";
import { sharedResources } from "./components/hetzner-project";
import { readHostSoftware } from "./components/host-software";
import { lastApplied } from "./components/last-applied";
import { connectLeads } from "./components/peers";
import { ProgramError } from "./components/ProgramError";
import { manageSessions } from "./components/sessions";
import { installTools } from "./components/tools";
import { prepareWorkplaces } from "./components/workplaces";
import type { Roster } from "./config/roster";
import { loadStack, type StackPlan } from "./config/stack-plan";
import { staleProgram } from "./engine/stale-program";

/** Load, plan, loop, export. */
async function program(): Promise<Record<string, unknown>> {
  const stale = await staleProgram();
  if (stale !== undefined) throw new ProgramError(stale);
  const last = await lastApplied();
  const { plan, settings, warnings } = loadOrStop(last.roster);
  for (const warning of warnings) void pulumi.log.warn(warning);
  const shared = sharedResources(pulumi.getStack(), { ...settings, terminal: plan.terminal });
  const { gitTokens, ...forServers } = settings;
  const common = { ...shared, ...forServers, hostSoftware: readHostSoftware() };
  const servers = new Map(
    plan.servers.map((server) => [server.name, new DevServer(server.name, { plan: server, ...common })]),
  );
  const access = new Map([...servers.values()].map((server) => [server, applyAccess(server, servers)]));
  const allAccess = haveRun([...access.values()]);
  const credentials = new Map(
    [...access].map(([server, command]) => [server, giveCredentials(server, command, allAccess, gitTokens)]),
  );
  for (const [server, command] of access) {
    connectLeads(server, servers, command);
    prepareWorkplaces(server, [command, ...(credentials.get(server)?.commands ?? [])], allAccess);
    manageSessions(server, command);
    installTools(server, command, allAccess, settings.eternalTerminal);
  }
  const archived = archiveServers(plan.archived, last.serverIds);
  const ofEach = <Value>(value: (server: DevServer) => Value): Record<string, Value> =>
    Object.fromEntries([...servers].map(([name, server]) => [name, value(server)] as const));
  return {
    roster: plan.roster,
    servers: ofEach(({ address, hostKey }) => ({ address, hostKey })),
    serverIds: { ...archived, ...ofEach(({ server }) => server.id) },
    // To be registered at the git hosts (docs/credentials.md).
    agentKeys: ofEach((server) => credentials.get(server)?.publicKeys),
    // For the provider's console, on a day when SSH opens nothing (docs/runbook.md).
    consolePasswords: ofEach(({ consolePassword }) => consolePassword),
  };
}

/** A mistake of the user is told in its own words, without a stack trace. */
function loadOrStop(previous: Roster | undefined): StackPlan {
  try {
    return loadStack(previous);
  } catch (error) {
    throw error instanceof Error ? new ProgramError(error.message) : error;
  }
}

export = program;
