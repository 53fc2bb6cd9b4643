import { until } from "../support/until";
import type { PreparedServer } from "./prepared-server";

/** A Python program that starts processes until it may not, at most 1000, says how many there were, and ends them. */
export const bomb = `
import os, signal, time
children = []
try:
    while len(children) < 1000:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
    print("no limit")
except BlockingIOError:
    print(len(children), flush=True)
    time.sleep(5)
for child in children:
    os.kill(child, signal.SIGKILL)
`;

/** One that takes 600 MB, and writes on it. */
export const hog = 'block = b"x" * (600 << 20); print("no limit")';

/** Runs a Python program in the tmux server of Wes's agent, waits so long for its end, and returns exit status and output. */
export async function runInAgentsTmux(
  server: Pick<PreparedServer, "must" | "root" | "as">,
  program: string,
  seconds: number,
): Promise<string> {
  await server.must("rm -f /tmp/program.out /tmp/program.done");
  await server.must("cat >/tmp/program.py", program);
  const run = String.raw`"python3 /tmp/program.py >/tmp/program.out 2>&1; echo \$? >/tmp/program.done"`;
  await server.as("wes", `sudo -n -u wes-agent tmux new-session -d -s program ${run}`);
  await until(
    async () => (await server.root("test -s /tmp/program.done")).code === 0,
    seconds,
    () => "The program in the agent's tmux does not end.",
  );
  return server.must("cat /tmp/program.done /tmp/program.out");
}
