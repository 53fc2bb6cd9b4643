import type { ToolName } from "../config/catalogue";
import { agentOf, serverOf } from "../config/names";
import type { Person } from "../config/team";

/** Something that opens a door elsewhere, which no access document closes. */
export interface ExternalCredential {
  /** What it is and where it is taken back. */
  readonly revoke: string;
  /** Files in the agent's home that tell which, if they are there. */
  readonly traces: readonly string[];
}

/** By agent command-line tool: what its login leaves behind, from the tools' own documentation. */
export const credentialsOfTools: Readonly<Partial<Record<ToolName, ExternalCredential>>> = {
  claude: {
    revoke:
      "Claude Code: API keys in the Anthropic console, and the login of a subscription in its account's settings",
    traces: [".claude/.credentials.json", ".claude.json"],
  },
  codex: {
    revoke:
      "Codex: API keys at the OpenAI platform, and the login of a subscription in its account's settings",
    traces: [".codex/auth.json"],
  },
  gemini: {
    revoke: "Gemini: API keys in Google AI Studio, and the login in the Google account's settings",
    traces: [".gemini/oauth_creds.json"],
  },
};

/** What the team file has given the person's agent for git hosts, each as a sentence. */
export function credentialsOfGit({ login, credentials }: Person): readonly string[] {
  return credentials.map((one) =>
    one.kind === "key"
      ? `${one.host}: the deploy key "${agentOf(login)}@${serverOf(login)} ${one.generation}" (pulumi stack output agentKeys shows it until it is gone from the server)`
      : `${one.host}: the token ${one.generation} of ${agentOf(login)} (user ${one.user}), then pulumi config rm --path 'team-runtime:gitTokens.${login}["${one.host}"]'`,
  );
}

/** What an agent may hold whatever its tools are. */
export const credentialsOfAgents: readonly ExternalCredential[] = [
  {
    revoke:
      "git host: other deploy keys and SSH keys of the agent (what the team file gave it before the entry became left: is in an older version of the file)",
    traces: [".ssh/*.pub"],
  },
  {
    revoke: "git host: other access tokens of the agent",
    traces: [".config/gh/hosts.yml", ".git-credentials", ".netrc"],
  },
  {
    revoke: "package registries and cloud providers: tokens of the agent",
    traces: [".npmrc", ".pypirc", ".docker/config.json", ".aws/credentials", ".kube/config"],
  },
  {
    revoke: "everything in the .env files of the agent's workspaces",
    traces: ["**/.env"],
  },
];

/** What the person may hold beside the agent. */
export const credentialsOfPeople: readonly string[] = [
  "the person's own accounts: sign-on, mail, git host, package registries",
  "Hetzner: their membership in the project; if they knew the API token, make a new one (pulumi config set --secret hcloud:token)",
  'this program: if they ever ran pulumi up, change the deploy key and the passphrase (docs/runbook.md, "Changing the deploy key"; docs/state.md)',
];
