import { run } from "../../engine/run";

/**
 * Runs `docker`, which finds its daemon by the user's own settings (`DOCKER_HOST`, `docker context`).
 *
 * @returns What it prints, without the line's end.
 * @throws Error with Docker's own words.
 */
export async function docker(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("docker", args);
  if (code !== 0) throw new Error(`docker ${args[0] ?? ""} ended with ${String(code)}: ${stderr.trim()}`);
  return stdout.trim();
}

/** The lines that `docker` prints. */
export async function dockerLines(...args: readonly string[]): Promise<readonly string[]> {
  return (await docker(...args)).split("\n").filter((line) => line !== "");
}

/** Asks whether this user may use Docker. @returns What is in the way and what to do, in sentences; `undefined`: nothing. */
export async function askDocker(): Promise<string | undefined> {
  const { code, stderr } = await run("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (code === 0) return undefined;
  if (code === 127)
    return "There is no docker on PATH. Fix: install Docker (Debian: docker.io) and join its group.";
  if (stderr.includes("permission denied")) {
    return "Docker does not let this user in. Fix: join its group (`sudo usermod --append --groups docker $USER`) and log in again.";
  }
  return `Docker does not answer (${stderr.trim().split("\n").at(-1) ?? ""}). Fix: start it, for instance with \`sudo systemctl start docker\`.`;
}
