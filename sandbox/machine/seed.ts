import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineSpec } from "../api/machine-driver";

/**
 * The files of cloud-init's NoCloud data source (https://docs.cloud-init.io, "NoCloud") for a machine. user_data is
 * passed on exactly as the API got it.
 */
export function seedFiles(machine: MachineSpec): Readonly<Record<string, string>> {
  const metaData = {
    "instance-id": String(machine.id),
    "local-hostname": machine.name,
    "public-keys": machine.publicKeys,
  };
  // JSON is YAML.
  return { "meta-data": `${JSON.stringify(metaData, null, 2)}\n`, "user-data": machine.userData };
}

/** Writes the seed once: like the provider's, a server's metadata does not change when the server is renamed. */
export async function writeSeed(directory: string, machine: MachineSpec): Promise<void> {
  const seed = join(directory, "seed");
  if (existsSync(seed)) return;
  const temporary = `${seed}.new`;
  await mkdir(temporary, { recursive: true });
  for (const [name, content] of Object.entries(seedFiles(machine))) {
    await writeFile(join(temporary, name), content, { mode: 0o600 });
  }
  await rename(temporary, seed);
}
