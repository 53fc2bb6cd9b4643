import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../../config/project-root";
import type { DebianKernelServer } from "./server";

/** Tests of `host/etc/sysctl.d` and `host/etc/modprobe.d`, on a server where Nadia leads Wes and the session `work` runs. */
export function describeKernelSettings(serverNow: () => DebianKernelServer): void {
  describe("the kernel's settings", () => {
    /** The lines of a file of `host/etc` that set something. */
    const linesOf = (file: string): readonly string[] =>
      readFileSync(join(projectRoot, "host", "etc", file), "utf8")
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"));

    test("are all in force after a start", async () => {
      // The first letter stands for: no matter if the kernel has no such setting. A star is for every network device.
      const wanted = linesOf("sysctl.d/99-team-runtime.conf").filter((line) => !/^-|\*/.test(line));
      const names = wanted.map((line) => line.split(" = ")[0] ?? "");
      expect((await serverNow().must(`sysctl ${names.join(" ")}`)).trim().split("\n")).toEqual(wanted);
      expect(await serverNow().must("sysctl -n net.ipv4.conf.eth0.send_redirects")).toBe("0\n");
    });

    test("keep modules from being loaded by whoever asks for one", async () => {
      const modules = linesOf("modprobe.d/team-runtime.conf").map((line) => line.split(" ")[1] ?? "");
      expect(modules.length).toBeGreaterThan(5);
      const tipc = "import socket; socket.socket(socket.AF_TIPC, socket.SOCK_STREAM)";
      const asked = await serverNow().root(`runuser -u wes-agent -- python3 -c '${tipc}'`);
      expect(asked.stderr).toContain("Address family not supported by protocol");
      await serverNow().must(`for module in ${modules.join(" ")}; do modprobe $module; done`);
      expect(await serverNow().must(`lsmod | grep -E '^(${modules.join("|")}) ' || echo none`)).toBe(
        "none\n",
      );
    });

    test("keep the agent from tracing the terminal that a lead has opened as the agent", async () => {
      const attach = "import ctypes,sys; sys.exit(ctypes.CDLL(None).ptrace(16, int(sys.argv[1]), 0, 0) != 0)";
      const traces = async (pid: string): Promise<boolean> =>
        (await serverNow().root(`runuser -u wes-agent -- python3 -c '${attach}' ${pid}`)).code === 0;
      const nadia = serverNow().sessionOf("nadia", ["-tt"], "sudo -n -u wes-agent tmux attach -t work");
      await nadia.waitFor("[work]", 60);
      const client = (await serverNow().must("pgrep -n -u wes-agent -f 'tmux attach'")).trim();
      expect(await serverNow().must(`ps -o user= -p ${client}`)).toBe("wes-agent\n");
      expect(await traces(client)).toBe(false);
      // It is this setting that refuses it.
      await serverNow().must("sysctl -q kernel.yama.ptrace_scope=0");
      expect(await traces(client)).toBe(true);
      await serverNow().must("sysctl -q kernel.yama.ptrace_scope=1");
      await nadia.close();
    });
  });
}
