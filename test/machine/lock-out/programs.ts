import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../config/project-root";
import type { PreparedServer } from "../prepared-server";

const source = join(projectRoot, "test", "machine", "lock-out", "programs");
const place = "/opt/lock-out";

/** Where a program of `programs/` lies on the server. */
export const programOnServer = (name: string): string => `${place}/${name}`;

/** Puts the programs of `programs/` on a server, for everybody to run. */
export async function installPrograms(server: PreparedServer): Promise<void> {
  for (const name of readdirSync(source)) {
    const path = programOnServer(name);
    const text = readFileSync(join(source, name), "utf8");
    await server.must(`mkdir -p ${place} && cat > ${path} && chmod 755 ${place} ${path}`, text);
  }
}
