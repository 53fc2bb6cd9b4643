/** How people open a terminal on their servers: `ssh`, and where the team wants one that survives a lost connection, another beside it. */
export const terminals = ["ssh", "mosh", "et"] as const;

export type TerminalName = (typeof terminals)[number];

/** What a terminal needs to be reached by, beside ssh, in the provider's words for it. */
export interface Opening {
  readonly protocol: "tcp" | "udp";
  /** One port, or the first and the last of several: `60000-60099`. */
  readonly port: string;
}

/** The servers' own firewalls open the same: host/team_host/eternal_terminal.py and mosh.py. */
const openings: Readonly<Record<TerminalName, Opening | undefined>> = {
  ssh: undefined,
  mosh: { protocol: "udp", port: "60000-60099" },
  et: { protocol: "tcp", port: "2022" },
};

/** What the firewalls let in for a terminal; nothing for ssh, which is let in always. */
export function openingOf(terminal: TerminalName): Opening | undefined {
  return openings[terminal];
}
