import { connect } from "node:net";
import { UserError } from "../../engine/user-error";
import { prefixLength, relayedPorts, unusedAddress } from "./addresses";
import { hostLink } from "./names";

const timeoutMilliseconds = 3_000;

/**
 * Checks, before any machine is made, that this host reaches the instance's addresses: the relay must run.
 *
 * @throws UserError that says what to do.
 */
export async function ensureEntrance(number: number): Promise<void> {
  const address = unusedAddress(number);
  const [port = 0] = relayedPorts;
  const failure = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ host: address, port });
    const finish = (reason?: string): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(timeoutMilliseconds, () => {
      finish("no answer");
    });
    socket.once("connect", () => {
      finish();
    });
    socket.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      // The relay's own answer for an address without a machine may be faster than the news of the connection.
      finish(code === "ECONNRESET" ? undefined : message);
    });
  });
  if (failure === undefined) return;
  const link = hostLink(number);
  throw new UserError(
    `This host does not reach its sandbox at ${address}/${String(prefixLength)} behind the interface ${link} (${failure}), most likely because its firewall drops loopback addresses that come from an interface. ` +
      `Fix: let it accept ${link}, for instance \`iptables -I INPUT -i ${link} -j ACCEPT\`, and try again.`,
  );
}
