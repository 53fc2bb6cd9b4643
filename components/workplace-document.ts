import type { ServerPlan } from "../config/plan";

/** The workspaces on one server and how much of it each agent may take. It gives nobody any right to log in or to act as somebody. */
export interface WorkplaceDocument {
  readonly server: string;
  /** By login of the person. What is not here any more is left as it is: nothing of anybody's work is ever deleted. */
  readonly workplaces: Readonly<Record<string, WorkplaceRow>>;
  readonly version: 1;
}

/** One person's workspace, and the agent that works there. */
export interface WorkplaceRow {
  readonly agent: string;
  /** As whom it commits. */
  readonly git: { readonly email: string; readonly name: string };
  /** Amounts as `8G`, `512M` or `75%`; `cpu` in percent of one processor; `null` for no limit. */
  readonly limits: {
    readonly cpu: number | null;
    readonly disk: string | null;
    readonly memory: string;
    readonly tasks: number;
  };
  /** Folder → address. Cloned once, where there is nothing of that name yet. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** The workplace document of one server. */
export function renderWorkplaceDocument({ name, workplaces }: ServerPlan): WorkplaceDocument {
  const rows = workplaces.map(
    ({ owner, agent, gitIdentity, limits, repositories }): [string, WorkplaceRow] => [
      owner,
      {
        agent,
        git: gitIdentity,
        limits: {
          cpu: limits.cpuPercent ?? null,
          disk: limits.disk ?? null,
          memory: limits.memory,
          tasks: limits.tasks,
        },
        repositories: Object.fromEntries(repositories.map((repository) => [repository.name, repository.url])),
      },
    ],
  );
  return { server: name, workplaces: Object.fromEntries(rows), version: 1 };
}
