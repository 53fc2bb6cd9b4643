/** One thing that a published baseline asks of a server, put as a question to a machine. */
export interface Control {
  /** The baseline's own number of it. */
  readonly id: string;
  /** What it asks, in words of our own. */
  readonly asks: string;
  /** A shell command, run as root on the machine. */
  readonly question: string;
  /** The whole of what the command must print, errors included, without the white space around it. */
  readonly answer: string | RegExp;
}

/** The controls of one baseline that say something about a server of this program. */
export interface Baseline {
  /** As the waiver file names it. */
  readonly source: string;
  /** Name and version, and who publishes it. */
  readonly version: string;
  readonly controls: readonly Control[];
}

/** What a judge found: whether the thing that it calls `id` is as it asks. */
export interface Finding {
  /** `SOURCE ID`, as the waiver file names it. */
  readonly name: string;
  readonly passed: boolean;
  /** For a reader of a failure: what was asked and what was found. */
  readonly said: string;
}

/** A setting of sshd that is in force, by sshd itself: the lines of `sshd -T` that begin with this keyword. */
export function sshd(id: string, asks: string, keyword: string, value: string | RegExp): Control {
  const question = `sshd -T | sed -n 's/^${keyword} //p'`;
  return { id, asks, question, answer: value };
}

/** The list of algorithms that sshd offers under this keyword has none beyond these. */
export function atMost(id: string, asks: string, keyword: string, allowed: readonly string[]): Control {
  const beyond = `grep -vxF ${allowed.map((name) => `-e ${name}`).join(" ")}`;
  return {
    id,
    asks,
    question: `sshd -T | sed -n 's/^${keyword} //p' | tr ',' '\\n' | ${beyond}`,
    answer: "",
  };
}

/** A setting of the network, which a machine has for itself: what is in force. */
export function network(id: string, asks: string, value: string, ...keys: readonly string[]): Control {
  const question = `sysctl -n ${keys.join(" ")} | sort -u`;
  return { id, asks, question, answer: value };
}

/** A setting of every network interface: for those that are there (`all`), and for those to come (`default`). */
export function bothSettings(version: "ipv4" | "ipv6", key: string): readonly string[] {
  return ["all", "default"].map((which) => `net.${version}.conf.${which}.${key}`);
}

/**
 * A setting of the kernel, which the machines of the sandbox share with their host: what a boot would set, by the last
 * line for it in the files that systemd reads.
 */
export function kernel(
  id: string,
  asks: string,
  value: string | RegExp,
  ...keys: readonly string[]
): Control {
  const last = (key: string): string =>
    `systemd-analyze cat-config sysctl.d | sed -n 's/^-\\{0,1\\}${key} *= *//p' | tail -n 1`;
  return { id, asks, question: `{ ${keys.map(last).join("; ")}; } | sort -u`, answer: value };
}

/** Mode, owner and group of files and folders: `600 root root`, once for all that exist. */
export function files(
  id: string,
  asks: string,
  state: string | RegExp,
  ...paths: readonly string[]
): Control {
  const question = `for path in ${paths.join(" ")}; do if [ -e "$path" ]; then stat -c '%a %U %G' "$path"; fi; done | sort -u`;
  return { id, asks, question, answer: state };
}

/** Kernel modules that cannot be loaded. */
export function noModule(id: string, asks: string, ...names: readonly string[]): Control {
  const question = `for name in ${names.join(" ")}; do grep -qrE "^install $name /bin/(true|false)$" /etc/modprobe.d || echo "$name"; done`;
  return { id, asks, question, answer: "" };
}

/** Packages that are not installed. */
export function noPackage(id: string, asks: string, ...names: readonly string[]): Control {
  const question = `for name in ${names.join(" ")}; do dpkg-query -W -f '\${Package} \${Status}\\n' "$name" 2>/dev/null; done | grep ' installed$'`;
  return { id, asks, question, answer: "" };
}
