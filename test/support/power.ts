import { sandbox, type Team } from "./team";
import { until } from "./until";

/** Switches a server of a development team off at the local Hetzner, as at a provider's console. */
export async function powerOff(server: string): Promise<void> {
  await act(server, "poweroff");
}

/** Switches it on again and waits until sshd answers its person. */
export async function powerOn(team: Team, server: string): Promise<void> {
  await act(server, "poweron");
  const person = server.replace(/^dev-/, "");
  await until(
    // This login gives up by itself when a machine that is about to boot does not say a word.
    async () => (await team.sshWithKeyOf(person, `${person}@${server}`, "true")).code === 0,
    120,
    () => `${server} does not answer after it was switched on.`,
  );
}

async function act(server: string, action: "poweroff" | "poweron"): Promise<void> {
  const { stdout } = await sandbox(["exec", "printenv", "HCLOUD_ENDPOINT"]);
  const headers = { Authorization: `Bearer ${"x".repeat(64)}` };
  const servers = await fetch(`${stdout.trim()}/servers?name=${server}`, { headers });
  const found = ((await servers.json()) as { servers: readonly { id: number }[] }).servers[0];
  if (found === undefined) throw new Error(`The local Hetzner has no server ${server}.`);
  const url = `${stdout.trim()}/servers/${String(found.id)}/actions/${action}`;
  const answer = await fetch(url, { method: "POST", headers });
  if (!answer.ok) throw new Error(`${action} of ${server}: ${String(answer.status)} ${await answer.text()}`);
}
