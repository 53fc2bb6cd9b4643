import * as pulumi from "@pulumi/pulumi";

interface Advice {
  /** What the provider's error says. */
  readonly when: RegExp;
  /** What it means and what to do, as sentences that follow the resource's name. */
  readonly say: string;
}

const sshAdvice: readonly Advice[] = [
  {
    when: /unable to authenticate/,
    say:
      "the server answered and refused the deploy key. Fix: compare `pulumi config get team-runtime:deployKey` " +
      "with /etc/ssh/authorized_keys/deploy on the server (log in at the provider's console, see docs/runbook.md).",
  },
  {
    when: /host key mismatch/,
    say:
      "the server showed another host key than the pinned one; nothing was sent to it. Either the server was rebuilt " +
      "outside of Pulumi or somebody is in between. Compare the key at the provider's console " +
      "(`cat /etc/ssh/ssh_host_ed25519_key.pub`). Fix: if it is really yours, accept it with " +
      "`pulumi config set --path 'team-runtime:hostKeys.SERVER' 'ssh-ed25519 AAAA…'` and run `pulumi up`.",
  },
  {
    when: /\d+ failed attempts/,
    say:
      "the server did not answer SSH: a new one is waited for as long as team-runtime:sshWait says, one that was set up before about three minutes. Fix: look at the provider's console whether it has booted and " +
      "`systemctl status ssh` is good, whether the firewall lets this machine in (team-runtime:sshFrom), then run `pulumi up` again: it goes on where it stopped.",
  },
  {
    when: /exited without exit status|EOF$/m,
    say: "the connection was cut while the program ran; it finishes or stops at a safe point. Fix: run `pulumi up` again.",
  },
];

const apiAdvice: readonly Advice[] = [
  {
    when: /\(unauthorized\)|unable to authenticate/,
    say:
      "Hetzner refused the API token. Fix: make a read and write token in the project's console under Security, API tokens, then " +
      "`pulumi config set --secret hcloud:token`.",
  },
  {
    when: /\(forbidden\)|token_readonly/,
    say: "the API token may only read. Fix: make one that may read and write, then `pulumi config set --secret hcloud:token`.",
  },
  {
    when: /\(protected\)/,
    say: "the server is protected. Fix: set `left: DATE` for its person, apply, then `left: { on: DATE, server: destroyed }`.",
  },
  {
    when: /\(resource_unavailable\)|error during placement/,
    say: "Hetzner has no such server type free in that location now. Fix: try again later, or choose another type or location.",
  },
  {
    when: /\(uniqueness_error\)/,
    say:
      "something of that name exists already in the Hetzner project, and this stack does not know it. Fix: if the state was lost, take it over with " +
      "`npm run -s team -- import` (docs/runbook.md); else remove it there.",
  },
];

/** Says in words what a failed SSH command means for its server; never retries. */
export function sshFailureHook(): pulumi.ErrorHook {
  return hookOf("ssh");
}

/** Says in words what a failed call of the Hetzner API means; never retries. */
export function apiFailureHook(): pulumi.ErrorHook {
  return hookOf("api");
}

/** What kind of call failed. */
type FailedCall = "ssh" | "api";

/** The advice for an error text, or `undefined` when there is none. */
export function adviceFor(call: FailedCall, errorText: string): string | undefined {
  return (call === "ssh" ? sshAdvice : apiAdvice).find(({ when }) => when.test(errorText))?.say;
}

// A hook's name must be registered once per program.
const hooks = new Map<FailedCall, pulumi.ErrorHook>();

function hookOf(call: FailedCall): pulumi.ErrorHook {
  const known = hooks.get(call);
  if (known !== undefined) return known;
  const hook = new pulumi.ErrorHook(`team-runtime-${call}-failure`, async ({ name, errors }) => {
    const advice = adviceFor(call, errors.join("\n"));
    if (advice !== undefined) await pulumi.log.error(`${name}: ${advice}`);
    return false;
  });
  hooks.set(call, hook);
  return hook;
}
