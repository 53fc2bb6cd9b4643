import type { LiveSession } from "../../support/live-session";
import { until } from "../../support/until";
import type { PreparedServer } from "../prepared-server";
import { programOnServer } from "./programs";

const asAgent = "sudo -n -u wes-agent";
const counterLog = "/home/wes-agent/counter";
// One line for each tick: the shell that counts, how far it is, and when.
const counter = `while :; do n=$((n + 1)); echo $$ $n $(date +%s%3N) >> ${counterLog}; sleep 0.1; done`;

/** Whom a revocation of Marcus's does not concern: Wes, Nadia who also leads him, and what runs in his agent's tmux. */
export interface Bystanders {
  /** They leave and come back. */
  reopen(person: "wes" | "nadia"): Promise<void>;
  /** What was disturbed, in words; empty when nothing was. */
  disturbances(): Promise<readonly string[]>;
  /** The longest time between two ticks of the counter, in milliseconds. */
  longestGap(): Promise<number>;
  close(): Promise<void>;
}

/** Starts to watch on a server whose tmux server of wes-agent (`tmuxServer`, a pid) has the session `work`. */
export async function openBystanders(
  server: Pick<PreparedServer, "must" | "sessionOf">,
  tmuxServer: () => Promise<string>,
): Promise<Bystanders> {
  await server.must(`rm -f ${counterLog}`);
  await server.must(
    `runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux new-session -d -s count bash -c '${counter}'`,
  );
  const attach = async (person: string): Promise<LiveSession> => {
    const session = server.sessionOf(person, ["-tt"], `${asAgent} tmux attach -t work`);
    await session.waitFor("[work]");
    return session;
  };
  const attached = { wes: await attach("wes"), nadia: await attach("nadia") };
  const background = server.sessionOf("wes", ["-T"], `${asAgent} ${programOnServer("waits")}`);
  await background.waitFor("ready");
  const serverBefore = await tmuxServer();
  let questions = 0;

  const answers = async (session: LiveSession): Promise<boolean> => {
    questions += 1;
    session.type(`echo here-${String(questions)}-$((6 * 7))`);
    return session.waitFor(`here-${String(questions)}-42`, 10).then(
      () => true,
      () => false,
    );
  };
  const ticks = async (): Promise<readonly (readonly number[])[]> =>
    (await server.must(`cat ${counterLog}`))
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));

  return {
    async reopen(person) {
      await attached[person].close();
      attached[person] = await attach(person);
    },
    async disturbances() {
      const before = (await ticks()).length;
      const found = [];
      if (!(await answers(attached.wes))) found.push("Wes's terminal");
      if (!(await answers(attached.nadia))) found.push("the other lead's terminal");
      if (!background.isOpen()) found.push("a command of Wes's as his agent");
      if ((await tmuxServer()) !== serverBefore) found.push("the tmux server");
      await until(
        async () => (await ticks()).length > before,
        10,
        () => "",
      ).catch(() => found.push("the counter, which stands still"));
      const counted = await ticks();
      const isWhole = counted.every(
        ([shell, count], index) => shell === counted[0]?.[0] && count === index + 1,
      );
      if (!isWhole) found.push("the counter, which skipped");
      return found;
    },
    async longestGap() {
      const times = (await ticks()).map(([, , time = 0]) => time);
      return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
    },
    async close() {
      await Promise.all([attached.wes.close(), attached.nadia.close(), background.close()]);
      await server.must(
        "runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux kill-session -t count || true",
      );
    },
  };
}
