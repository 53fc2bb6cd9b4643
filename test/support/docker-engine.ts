import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "../../engine/run";
import { isInstalled } from "../../sandbox/image/host-tools";
import { removeCgroup } from "../../sandbox/machine/cgroups";
import { runOrThrow } from "../../sandbox/run-or-throw";
import { until } from "./until";

/** A Docker Engine of a test's own, which leaves this host's firewall, forwarding and bridges alone. */
export interface DockerEngine {
  /** What `docker` needs to find it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ends it, and removes all that it had. */
  stop(): Promise<void>;
}

/** Starts an engine; needs root. The programs are this host's, or Debian's `docker.io`, unpacked and not installed. */
export async function startDockerEngine(): Promise<DockerEngine> {
  // Short: the names of Unix sockets below it have at most 107 characters.
  const folder = mkdtempSync("/tmp/docker-engine-");
  const socket = join(folder, "socket");
  const programs = isInstalled("dockerd") ? {} : await unpackDocker(join(folder, "programs"));
  const environment = { ...process.env, ...programs, DOCKER_HOST: `unix://${socket}` };
  const cgroup = `team-runtime-${folder.slice(-6)}`;
  const log = openSync(join(folder, "log"), "w");
  const child = spawn(
    "dockerd",
    [
      ...["--host", `unix://${socket}`, "--pidfile", join(folder, "pid")],
      ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
      ...["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
      ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", `/${cgroup}`],
    ],
    { env: environment, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  child.on("error", () => undefined);
  const hasEnded = (): boolean =>
    child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const lastWords = (): string =>
    readFileSync(join(folder, "log"), "utf8").trim().split("\n").slice(-5).join("\n");

  await until(
    async () => {
      if (hasEnded()) throw new Error(`dockerd has ended:\n${lastWords()}`);
      return (await run("docker", ["version"], { env: environment })).code === 0;
    },
    60,
    () => `dockerd does not answer:\n${lastWords()}`,
  );
  return {
    environment,
    async stop() {
      child.kill("SIGTERM");
      await until(
        async () => Promise.resolve(hasEnded()),
        60,
        () => `dockerd does not end:\n${lastWords()}`,
      );
      await removeCgroup(cgroup);
      // It leaves the mounts by which it holds network namespaces.
      for (const mounted of mountsBelow(folder)) await runOrThrow("umount", [mounted]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function mountsBelow(folder: string): readonly string[] {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}

/** Not installed: on a host with systemd, installing the package starts a Docker that changes the host's firewall. */
async function unpackDocker(folder: string): Promise<NodeJS.ProcessEnv> {
  const archives = join(folder, "archives");
  const root = join(folder, "root");
  await runOrThrow("mkdir", ["--parents", join(archives, "partial"), root]);
  // With whatever libraries it needs and this host lacks.
  const download = [
    ...["install", "--yes", "--no-install-recommends", "--download-only"],
    ...[`--option=Dir::Cache::archives=${archives}`, "--option=APT::Sandbox::User=root", "docker.io"],
  ];
  if ((await run("apt-get", download)).code !== 0) {
    await run("apt-get", ["update"]);
    await runOrThrow("apt-get", download);
  }
  for (const archive of readdirSync(archives).filter((name) => name.endsWith(".deb")))
    await runOrThrow("dpkg-deb", ["--extract", join(archives, archive), root]);
  const libraries = ["usr/lib", "lib"]
    .map((path) => join(root, path))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => path.endsWith("-linux-gnu"));
  return {
    PATH: [join(root, "usr/bin"), join(root, "usr/sbin"), process.env["PATH"] ?? ""].join(delimiter),
    LD_LIBRARY_PATH: libraries.join(delimiter),
  };
}
