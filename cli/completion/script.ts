import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/** What a shell reads to know `team` and what Tab offers for it: the script of that shell, told where team-runtime is. */
export function completionScript(shell: Shell, folder: string): string {
  const script = readFileSync(join(projectRoot, "cli", "completion", `team.${shell}`), "utf8");
  return `${folderLine(shell, folder)}\n${script}`;
}

/** The line that sets the folder, for any path that a file system allows. */
function folderLine(shell: Shell, folder: string): string {
  switch (shell) {
    case "bash":
    case "zsh":
      return `_team_runtime='${folder.replaceAll("'", String.raw`'\''`)}'`;
    case "fish":
      return `set -g _team_runtime '${folder.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  }
}
