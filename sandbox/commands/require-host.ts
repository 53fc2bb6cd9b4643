import { UserError } from "../../engine/user-error";

/** Refuses hosts where machines cannot be booted. */
export function requireHost(): void {
  if (process.platform !== "linux") {
    throw new UserError(
      "The sandbox boots Linux machines and needs a Linux host. Fix: run it in a Debian 12 VM.",
    );
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(
      "The sandbox needs root: it makes namespaces, mounts and cgroups. Fix: run it as root (sudo).",
    );
  }
}
