import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import type { TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { bootNewServer, type NewServer } from "./new-server";

/** A machine that serves git repositories over https and over ssh, as a code host does. */
export interface GitHost {
  /** The name that stands in addresses; whoever wants to reach it must resolve it to `address`. */
  readonly name: string;
  readonly address: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** The certificate that a client must trust, in PEM. */
  readonly certificate: string;
  /** Lets in over https who has this token, and nobody else. */
  expect(user: string, token: string): Promise<void>;
  /** Lets in over ssh who has this public key, and nobody else. */
  register(publicKey: string): Promise<void>;
  /** What git's log says of the newest commit on `main`. */
  newestCommit(repository: string, format: string): Promise<string>;
}

/** Boots one with a repository of one commit for each name. */
export async function bootGitHost(sandbox: TestSandbox, repositories: readonly string[]): Promise<GitHost> {
  const name = "git.acme.example";
  const machine = await bootNewServer(sandbox, "git-host");
  const must = async (command: string, input = ""): Promise<string> => {
    const { code, stdout, stderr } = await machine.root(command, input);
    if (code !== 0) throw new Error(`git-host: ${command} ended with ${String(code)}: ${stdout}${stderr}`);
    return stdout;
  };
  await must("groupadd -f team-login && useradd --create-home --shell /usr/bin/git-shell -G team-login git");
  await must(
    "usermod -p '*' git && install -d -m 755 /etc/ssh/authorized_keys /srv/git && chown git /srv/git",
  );
  for (const repository of repositories) {
    const bare = `/srv/git/${repository}.git`;
    await must(
      `setpriv --reuid=git --regid=git --init-groups env HOME=/home/git sh -ec '
        git init -q --bare -b main ${bare}
        git clone -q ${bare} /home/git/${repository} 2>/dev/null
        cd /home/git/${repository}
        echo ${repository} >README
        git add README
        git -c user.name=t -c user.email=t@example.com commit -qm first
        git push -q origin HEAD:main'`,
    );
  }
  await startHttps(machine, name, must);
  return {
    name,
    address: machine.address,
    hostKey: (await must("cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub")).trim(),
    certificate: await must("cat /root/certificate.pem"),
    expect: async (user, token) => {
      await must("cat >/root/expected", `${user}:${token}\n`);
    },
    register: async (publicKey) => {
      await must("cat >/etc/ssh/authorized_keys/git", `restrict ${publicKey}\n`);
    },
    newestCommit: async (repository, format) =>
      (
        await must(`git -c safe.directory='*' -C /srv/git/${repository}.git log -1 --format=${format} main`)
      ).trim(),
  };
}

async function startHttps(
  machine: NewServer,
  name: string,
  must: (command: string, input?: string) => Promise<string>,
): Promise<void> {
  await must("cat >/root/git_https.py", readFileSync(join(projectRoot, "test/machine/git_https.py"), "utf8"));
  await must(
    `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} -addext subjectAltName=DNS:${name} ` +
      "-keyout /root/key.pem -out /root/certificate.pem && echo nobody:nothing >/root/expected",
  );
  await must(
    "systemd-run --unit=git-https /usr/bin/python3 /root/git_https.py /root/certificate.pem /root/key.pem /root/expected",
  );
  await until(
    async () => (await machine.root("ss -ltn | grep -q ':443 '")).code === 0,
    20,
    () => "The git server does not listen.",
  );
}
