import { describe, expect, it } from "vitest";
import { chooseDriverName, type HostFacts } from "../../sandbox/drivers/choose-driver";

const absent = "There is no docker on PATH. Fix: install Docker.";
const hosts = {
  root: { platform: "linux", isRoot: true, wanted: "", recorded: undefined, askDocker: never },
  rootWithDocker: { platform: "linux", isRoot: true, wanted: "", recorded: undefined, askDocker: yes },
  userWithDocker: { platform: "linux", isRoot: false, wanted: "", recorded: undefined, askDocker: yes },
  user: { platform: "linux", isRoot: false, wanted: "", recorded: undefined, askDocker: no },
} satisfies Record<string, HostFacts>;

/** Proves which driver boots the machines, and what is said where none can. */
describe("the driver of a sandbox", () => {
  it.each<[string, HostFacts, string]>([
    ["root: unshare, and Docker is not even asked", hosts.root, "unshare"],
    ["no root and a Docker that answers: docker", hosts.userWithDocker, "docker"],
    ["as the setting says", { ...hosts.rootWithDocker, wanted: "docker" }, "docker"],
    ["as its machines were made", { ...hosts.rootWithDocker, recorded: "docker" }, "docker"],
    ["as its machines were made, though root", { ...hosts.root, recorded: "unshare" }, "unshare"],
  ])("%s", async (_case, facts, driver) => {
    expect(await chooseDriverName(facts)).toBe(driver);
  });

  it.each<[string, HostFacts, string]>([
    [
      "neither root nor Docker",
      hosts.user,
      "The sandbox boots its machines either as root or by Docker, and can do neither: this user is not root, and there is no docker on PATH. Fix: install Docker. Or run it as root (sudo).",
    ],
    [
      "docker is forced and does not answer",
      { ...hosts.user, isRoot: true, wanted: "docker" },
      `The sandbox's driver docker cannot be used. ${absent}`,
    ],
    [
      "unshare is forced without root",
      { ...hosts.userWithDocker, wanted: "unshare" },
      "The sandbox's driver unshare needs root: it makes namespaces, mounts and cgroups. Fix: run it as root (sudo).",
    ],
    [
      "another setting",
      { ...hosts.root, wanted: "podman" },
      'TEAM_RUNTIME_SANDBOX_DRIVER is "podman". Fix: use docker or unshare, or unset it to leave the choice to this host.',
    ],
    [
      "the other driver has made the machines",
      { ...hosts.rootWithDocker, wanted: "docker", recorded: "unshare" },
      "TEAM_RUNTIME_SANDBOX_DRIVER is docker, but the machines of this sandbox were made with unshare. Fix: unset it, or remove them first with `TEAM_RUNTIME_SANDBOX_DRIVER=unshare npm run sandbox -- down`.",
    ],
    [
      "no Linux",
      { ...hosts.userWithDocker, platform: "darwin" },
      "The sandbox boots Linux machines and needs a Linux host. Fix: run it in a Debian 12 VM.",
    ],
  ])("is refused in one sentence with every way out: %s", async (_case, facts, message) => {
    await expect(chooseDriverName(facts)).rejects.toMatchObject({ message });
  });
});

function yes(): Promise<undefined> {
  return Promise.resolve(undefined);
}

function no(): Promise<string> {
  return Promise.resolve(absent);
}

function never(): Promise<never> {
  return Promise.reject(new Error("Docker was asked"));
}
