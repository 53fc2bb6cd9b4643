/** The agent command-line tools that this program can install: the one list of them. */
export const agentTools = ["claude", "codex"] as const;

export type AgentTool = (typeof agentTools)[number];
