import { describe, expect, test } from "vitest";
import type { PreparedServer } from "../prepared-server";
import { documentWith, marcusLeads } from "./access";
import type { DebianKernelServer } from "./server";
import { applier, withLimits } from "./workplaces";

/** Tests of `limits: { disk: … }`, on a server of Wes's; `originalNow` is the one in the sandbox that it was copied from. */
export function describeDiskLimits(
  serverNow: () => DebianKernelServer,
  originalNow: () => PreparedServer,
): void {
  describe("a limit of the disk", () => {
    const limitDisk = async (disk: string | null, option = ""): Promise<readonly string[]> => {
      const { stdout, stderr } = await serverNow().root(`${applier} ${option}`, withLimits({ disk }));
      return `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
    };
    /** What becomes of a file of that size that somebody makes. */
    const write = async (who: string, file: string, megabytes: number): Promise<string> => {
      const made = `runuser -u ${who} -- fallocate -l ${String(megabytes)}M ${file}`;
      const { stdout, stderr } = await serverNow().root(`${made} && echo written || rm -f ${file}`);
      return `${stdout}${stderr}`.trim();
    };
    const tooMuch = "fallocate: fallocate failed: Disk quota exceeded";

    test("is refused by a sentence where / has no quotas, as in the sandbox, and the rest is done", async () => {
      const { code, stdout, stderr } = await originalNow().root(
        applier,
        withLimits({ disk: "1G", tasks: 200 }),
      );
      expect(code).toBe(1);
      expect(stderr).toBe(
        "on dev-wes: the disk limit of wes-agent cannot be held here: / is overlay, and it needs ext4, which Hetzner's images have. Take `disk` out of the limits in the team file.\n",
      );
      expect(stdout).toMatch(/^set limits: wes-agent: .*TasksMax=200$/m);
    });

    test("nothing is counted before somebody asks for it", async () => {
      expect(await limitDisk(null)).toEqual([]);
      expect(await write("wes-agent", "/tmp/large", 1200)).toBe("written");
      await serverNow().must("rm /tmp/large");
    });

    test("a limit is put in force while the machine runs", async () => {
      expect(await limitDisk("1G", "--check")).toEqual([
        "started: counting what each account takes of the disk",
        "set limits: wes-agent: 1G of the disk",
      ]);
      expect(await limitDisk("1G")).toEqual([
        "started: counting what each account takes of the disk",
        "set limits: wes-agent: 1G of the disk",
      ]);
      expect(await limitDisk("1G")).toEqual([]);
      expect(await limitDisk("1G", "--check")).toEqual([]);
    });

    test("it counts what the agent has anywhere, and what it had before", async () => {
      expect(await write("wes-agent", "/home/wes-agent/a", 500)).toBe("written");
      expect(await write("wes-agent", "/srv/projects/wes/b", 400)).toBe("written");
      expect(await write("wes-agent", "/tmp/c", 200)).toBe(tooMuch);
      expect(await write("wes-agent", "/var/tmp/d", 200)).toBe(tooMuch);
      expect(await write("wes-agent", "/srv/projects/wes/e", 200)).toBe(tooMuch);
    });

    test("and as many files as go with it", async () => {
      const files = `
import os
made = 0
os.mkdir("/srv/projects/wes/many")
try:
    for made in range(200_000):
        os.close(os.open(f"/srv/projects/wes/many/{made}", os.O_CREAT))
except OSError as error:
    print(error.strerror)
print(50_000 < made < 70_000)
`;
      expect(
        await serverNow().must(`runuser -u wes-agent -- python3 -c '${files}'; rm -r /srv/projects/wes/many`),
      ).toBe("Disk quota exceeded\nTrue\n");
    });

    test("Wes writes there as before, and root changes access", async () => {
      expect(await write("wes", "/srv/projects/wes/of-wes", 500)).toBe("written");
      await serverNow().must("rm /srv/projects/wes/of-wes");
      await serverNow().apply(documentWith(marcusLeads));
      expect((await serverNow().as("marcus", "sudo -n -u wes-agent id")).code).toBe(0);
      await serverNow().apply(documentWith());
      expect((await serverNow().as("marcus", "sudo -n -u wes-agent id")).code).not.toBe(0);
    });

    test("the agent cannot change it", async () => {
      const tried = await serverNow().root(
        "runuser -u wes-agent -- sh -c 'setquota -u wes-agent 0 0 0 0 /; quotaoff /; rm -f /aquota.user; cat /aquota.user'",
      );
      expect(tried.code).not.toBe(0);
      expect(await limitDisk("1G", "--check")).toEqual([]);
      expect(await write("wes-agent", "/tmp/c", 200)).toBe(tooMuch);
    });

    test("it holds after the power was cut", async () => {
      await serverNow().must("sync");
      await serverNow().restart("power cut");
      expect(await limitDisk("1G", "--check")).toEqual([]);
      expect(await write("wes-agent", "/tmp/c", 200)).toBe(tooMuch);
      expect(await serverNow().failedUnits()).toBe("");
    });

    test("a limit that was changed by hand is found and put right", async () => {
      await serverNow().must("setquota -u wes-agent 0 0 0 0 /");
      expect(await limitDisk("1G", "--check")).toEqual(["set limits: wes-agent: 1G of the disk"]);
      expect(await limitDisk("1G")).toEqual(["set limits: wes-agent: 1G of the disk"]);
      await serverNow().must("quotaoff /");
      expect(await limitDisk("1G", "--check")).toEqual([
        "started: counting what each account takes of the disk",
        "set limits: wes-agent: 1G of the disk",
      ]);
      expect(await limitDisk("1G")).toHaveLength(2);
      expect(await write("wes-agent", "/tmp/c", 200)).toBe(tooMuch);
    });

    test("a larger one gives room, and one that is no limit is refused", async () => {
      expect(await limitDisk("50%")).toEqual(["set limits: wes-agent: 50% of the disk"]);
      expect(await write("wes-agent", "/tmp/c", 200)).toBe("written");
      expect(await limitDisk("500G")).toEqual([
        "on dev-wes: wes-agent may take 500G of a disk that has 3G. Write less.",
      ]);
      expect(await limitDisk("50%", "--check")).toEqual([]);
    });

    test("it goes with its line, and nothing is counted after the next start", async () => {
      expect(await limitDisk(null)).toEqual([
        "set limits: wes-agent: all of the disk",
        "stopped: counting what each account takes of the disk, with the next start",
      ]);
      expect(await write("wes-agent", "/tmp/d", 1500)).toBe("written");
      await serverNow().restart("shut down");
      expect(await limitDisk(null)).toEqual([]);
      expect(await serverNow().must("quotaon -pu / 2>&1 || true")).not.toContain("is on");
    });
  });
}
