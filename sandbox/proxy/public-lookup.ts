import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

const closed = new BlockList();
closed.addSubnet("0.0.0.0", 8);
closed.addSubnet("127.0.0.0", 8);
closed.addSubnet("169.254.0.0", 16);
closed.addAddress("::", "ipv6");
closed.addAddress("::1", "ipv6");
closed.addSubnet("fe80::", 10, "ipv6");

/** True for addresses of this host itself, of other sandboxes and of this host's links: machines may not reach them. */
export function isClosed(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  return closed.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

type Callback = (error: NodeJS.ErrnoException | null, address: LookupAddress[]) => void;

/** `dns.lookup` for connections out of the sandbox: a name that leads to a closed address is refused here, so it cannot change its mind in between. */
export function publicLookup(name: string, options: LookupOptions, callback: Callback): void {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    if (error === null && addresses.some(({ address }) => isClosed(address))) {
      const refused = new Error(`${name} leads to an address of this host`);
      callback(refused, []);
      return;
    }
    callback(error, addresses);
  });
}
