import { hostSoftwareDirectory, readHostFile } from "./host-software";
import type { HostKeyPair } from "./one-time-host-key";

/** What a new server must know before anybody can reach it. */
export interface UserDataArgs {
  /** Public key of the deploy user, the one account through which Pulumi comes. */
  readonly deployKey: string;
  /** Answers the first connection; see `one-time-host-key.ts`. */
  readonly oneTimeHostKey: HostKeyPair;
}

/** Name of the account through which Pulumi manages a server. */
export const deployUser = "deploy";

/**
 * The cloud-init document of a new server. From the first boot on there is no root login and no password login, keys
 * are read from a root-owned folder only, and the host key is the one-time key. All else comes over verified connections.
 * It holds no secret that outlives the first ones: the metadata service shows it to any process.
 *
 * JSON is YAML, so no quoting rules are needed (cloud-init reads what follows the `#cloud-config` line as YAML).
 */
export function renderUserData({ deployKey, oneTimeHostKey }: UserDataArgs): string {
  const document = {
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_genkeytypes: [],
    groups: ["team-login"],
    users: [
      {
        name: deployUser,
        gecos: "team-runtime deploy",
        groups: ["team-login"],
        lock_passwd: true,
        shell: "/bin/bash",
        sudo: "ALL=(ALL) NOPASSWD: ALL",
      },
    ],
    write_files: [
      hostFile(
        "etc/ssh/sshd_config.d/00-team-runtime.conf",
        "/etc/ssh/sshd_config.d/00-team-runtime.conf",
        "0600",
      ),
      // A name of its own, and not cloud-init's `ssh_keys`: nothing that makes or deletes ssh_host_* keys touches it.
      {
        path: "/etc/ssh/team-runtime-first-contact-key",
        content: oneTimeHostKey.privateKey,
        permissions: "0600",
      },
      hostFile(
        "first-contact/sshd.conf",
        "/etc/ssh/sshd_config.d/00-team-runtime-first-contact.conf",
        "0600",
      ),
      { path: `/etc/ssh/authorized_keys/${deployUser}`, content: `${deployKey}\n`, permissions: "0644" },
      hostFile("bin/identity", `${hostSoftwareDirectory}/identity`, "0755"),
      hostFile("bin/install", `${hostSoftwareDirectory}/install`, "0755"),
    ],
  };
  return `#cloud-config\n${JSON.stringify(document, null, 1)}\n`;
}

function hostFile(source: string, path: string, permissions: string): Record<string, string> {
  return { path, content: readHostFile(source), permissions };
}
