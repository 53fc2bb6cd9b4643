import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";

const folder = mkdtempSync(join(tmpdir(), "laptop-"));
let files = 0;

/** Path of the throw-away laptop key of a member of the dev team. */
export function laptopKey(person: string): string {
  // ssh refuses a private key that others may read, and git keeps no such mode.
  return privateKeyFile(readFileSync(join(projectRoot, "sandbox", "laptops", person), "utf8"));
}

/** A private key as a file that ssh accepts. */
export function privateKeyFile(content: string): string {
  const file = join(folder, `key-${String((files += 1))}`);
  writeFileSync(file, content.endsWith("\n") ? content : `${content}\n`, { mode: 0o600 });
  return file;
}

/** Arguments of a plain ssh that uses one key and nothing else of this machine: no configuration, no agent, no password. */
export function plainSsh(key: string, target: string): readonly string[] {
  const options = {
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    StrictHostKeyChecking: "no",
    UserKnownHostsFile: "/dev/null",
    LogLevel: "ERROR",
    ConnectTimeout: "10",
    NumberOfPasswordPrompts: "0",
  };
  const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-i", key, ...words, target];
}
