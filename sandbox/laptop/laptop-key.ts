import { existsSync, readdirSync } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { UserError } from "../../engine/user-error";
import type { Instance } from "../instance/instance";

const committed = join(projectRoot, "sandbox", "laptops");

/**
 * The file with a person's throw-away private key, copied out of the clone: git keeps no modes, and ssh refuses a private
 * key that others can read.
 */
export async function laptopKey({ directory }: Instance, person: string): Promise<string> {
  const source = join(committed, person);
  if (!existsSync(source)) {
    throw new UserError(
      `There is no laptop key of ${person} in sandbox/laptops. Fix: make one (sandbox/laptops/README.md), or take one of ${peopleWithLaptops().join(", ")}.`,
    );
  }
  const copy = join(directory, "laptops", person);
  await mkdir(join(directory, "laptops"), { recursive: true, mode: 0o700 });
  await copyFile(source, copy);
  await chmod(copy, 0o600);
  return copy;
}

/** Who has a laptop key here and so can be logged in as, in the order of their names. */
export function peopleWithLaptops(): readonly string[] {
  return readdirSync(committed)
    .flatMap((file) => (file.endsWith(".pub") ? [file.slice(0, -".pub".length)] : []))
    .sort();
}
