import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellQuoted, sshArguments } from "../../sandbox/laptop/ssh-arguments";

const login = {
  person: "marcus",
  key: "/state/laptops/marcus",
  server: { name: "dev-marcus", address: "127.77.3.11", hostKey: "ssh-ed25519 AAAA" },
  knownHostsFile: "/state/known hosts",
  command: [],
  terminal: false,
};

/** Proves that a login from a laptop uses that laptop's key and the pinned host key, and goes the way a lead goes. */
describe("ssh from a laptop", () => {
  it("trusts the pinned host keys alone and offers the person's key alone", () => {
    const args = sshArguments(login);
    expect(args.slice(0, 2)).toEqual(["-F", "none"]);
    expect(args).toContain("StrictHostKeyChecking=yes");
    expect(args).toContain("HostKeyAlias=dev-marcus");
    expect(args).toContain('UserKnownHostsFile="/state/known hosts"');
    expect(args).toContain("IdentitiesOnly=yes");
    expect(args).toContain("IdentityAgent=none");
    expect(args.slice(-2)).toEqual(["--", "marcus@127.77.3.11"]);
  });

  it("passes the words of a command on as ssh does", () => {
    expect(sshArguments({ ...login, command: ["sudo", "-n", "id"] }).slice(-3)).toEqual(["sudo", "-n", "id"]);
  });

  it("goes on from the person's own server with the command as one word", () => {
    const words = sshArguments({ ...login, onwardTo: "dev-wes", command: ["echo", "'a  b'", "$HOME"] });
    expect(words.slice(-3)).toEqual(["ssh", "dev-wes", `'echo '\\''a  b'\\'' $HOME'`]);
  });

  it("asks for a terminal at both ends where a person sits at one", () => {
    const args = sshArguments({ ...login, onwardTo: "dev-wes", terminal: true });
    expect(args).toContain("-t");
    expect(args.slice(-3)).toEqual(["ssh", "-t", "dev-wes"]);
    expect(sshArguments({ ...login, onwardTo: "dev-wes" })).not.toContain("-t");
  });

  it.each(["", "a b", "'", "'; touch /tmp/x; '", "$(id)`id`", 'a"b\\', "line\nline", "*", "!x", "-n", "ü€"])(
    "quotes %j so that a shell reads one word",
    (text) => {
      expect(execFileSync("sh", ["-c", `printf %s ${shellQuoted(text)}`], { encoding: "utf8" })).toBe(text);
    },
  );
});
