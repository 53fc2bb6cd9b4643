import type * as command from "@pulumi/command";
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { placeOf, serverLabel, sharedLabel } from "../config/names";
import type { ServerPlan } from "../config/plan";
import { apiFailureHook } from "./failure-advice";
import { hostCommand } from "./host-command";
import { type HostFiles, hostSoftwareDirectory, hostSoftwareVersion } from "./host-software";
import { hostKeyFromSeed } from "./one-time-host-key";
import { longestWaitForKnown, sshConnection, type SshConnection } from "./ssh-connection";
import { renderUserData } from "./user-data";

/** What a developer's server is made of. */
export interface DevServerArgs {
  /** The server's row of the plan. */
  readonly plan: ServerPlan;
  /** Hetzner location, such as `fsn1`. A running server never moves: a change is ignored. */
  readonly location: string;
  /** Key pair of the deploy user. */
  readonly deployKey: { readonly privateKey: pulumi.Input<string>; readonly publicKey: string };
  /** A second key that the deploy user may come by, while the deploy key is being changed. */
  readonly otherDeployKey?: string;
  /** The deploy key as registered with Hetzner, so that no root password is made and mailed. */
  readonly registeredKey: hcloud.SshKey;
  readonly firewall: hcloud.Firewall;
  /** What is installed on the server. */
  readonly hostSoftware: HostFiles;
  /** Networks (CIDR) that the server's own firewall lets in to SSH, as the provider's firewall does. */
  readonly sshFrom: readonly string[];
  /** Whether the provider and the engine refuse to delete or rebuild the server. Lifted when its person has left. */
  readonly protection: boolean;
  /** Seconds after which a new server that does not answer SSH is given up; see `longestWaitForKnown`. */
  readonly sshWait: number;
  /** Host keys accepted by hand, by server name, in place of the one that the server made at its first connection. */
  readonly hostKeys: Readonly<Record<string, string>>;
}

/**
 * A machine of one developer, or of several who share it: the server, a break-glass password for the provider's console, a host key that is known before
 * the first connection, and the host software. Who may do what on it is not decided here but by its access document.
 */
export class DevServer extends pulumi.ComponentResource {
  readonly plan: ServerPlan;
  readonly server: hcloud.Server;
  readonly address: pulumi.Output<string>;
  /** The host key that every later connection is pinned to: `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Output<string>;
  /** Root's password at the provider's console. A secret. */
  readonly consolePassword: pulumi.Output<string>;
  /** For the commands that follow. */
  readonly connection: SshConnection;
  /** What later commands on this server wait for. */
  readonly ready: readonly pulumi.Resource[];
  /** By login, of those of its people who lead elsewhere: prints the public half of the key with which they go there. */
  readonly hops: ReadonlyMap<string, command.remote.Command>;

  constructor(name: string, args: DevServerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { plan, protection, hostSoftware } = args;
    const isProtected = protection && plan.state === "active";
    super(
      "team-runtime:index:DevServer",
      name,
      {
        ...whoseServer(plan),
        serverType: plan.serverType,
        state: plan.state,
        terminal: plan.terminal,
        protection: isProtected,
        hostSoftware: hostSoftwareVersion(hostSoftware),
      },
      opts,
    );
    this.plan = plan;

    const seed = new random.RandomBytes(`${name}-one-time-host-key`, { length: 32 }, { parent: this });
    const oneTimeKey = pulumi
      .secret(seed.base64)
      .apply((base64) => hostKeyFromSeed(Buffer.from(base64, "base64")));
    const console = new random.RandomPassword(
      `${name}-console`,
      { length: 32, special: false },
      { parent: this },
    );
    this.consolePassword = console.result;

    this.server = new hcloud.Server(
      name,
      {
        name,
        serverType: plan.serverType,
        image: plan.image,
        location: args.location,
        backups: plan.backups,
        sshKeys: [args.registeredKey.id],
        userData: oneTimeKey.apply((oneTimeHostKey) =>
          renderUserData({ deployKey: args.deployKey.publicKey, oneTimeHostKey }),
        ),
        firewallIds: [args.firewall.id.apply(Number)],
        labels: { [serverLabel.key]: serverLabel.value, ...whoseLabel(plan) },
        deleteProtection: isProtected,
        rebuildProtection: isProtected,
      },
      {
        parent: this,
        protect: isProtected,
        // Each of these would replace the machine, and with it everything that is on it.
        ignoreChanges: ["userData", "image", "sshKeys", "location"],
        hooks: { onError: [apiFailureHook()] },
      },
    );
    this.address = this.server.ipv4Address;

    const connect = (hostKey: pulumi.Input<string>, waitSeconds: number): SshConnection =>
      sshConnection({
        address: this.address,
        privateKey: args.deployKey.privateKey,
        hostKey,
        waitSeconds,
      });
    const options = { parent: this, server: this.server };
    // A key accepted by hand is for a server that is older than the state, too: its one-time key opens nothing.
    const accepted = args.hostKeys[name];

    const identity = hostCommand(
      `${name}-identity`,
      {
        connection: connect(accepted ?? oneTimeKey.publicKey, args.sshWait),
        run: `sudo ${hostSoftwareDirectory}/identity`,
      },
      // Runs once in a server's life: after the next command, the one-time key opens nothing.
      { ...options, after: [], ignoreChanges: ["connection", "create"] },
    );
    this.hostKey = pulumi.output(accepted ?? identity.stdout);
    this.connection = connect(this.hostKey, Math.min(args.sshWait, longestWaitForKnown));

    const deployKeys = [
      args.deployKey.publicKey,
      ...(args.otherDeployKey === undefined ? [] : [args.otherDeployKey]),
    ];
    const boot = hostCommand(
      `${name}-boot`,
      {
        connection: this.connection,
        run: `sudo ${hostSoftwareDirectory}/install`,
        // Secret because of the password's hash; a preview says by `hostSoftware` that the software changes.
        stdin: pulumi.secret(
          console.bcryptHash.apply((consolePasswordHash) =>
            JSON.stringify({
              files: hostSoftware,
              settings: { consolePasswordHash, deployKeys, sshFrom: args.sshFrom },
            }),
          ),
        ),
      },
      { ...options, after: [identity] },
    );
    this.hops = new Map(
      (plan.leads ?? []).map(({ login, uid }) => [
        login,
        hostCommand(
          `${placeOf(name, login)}-hop`,
          {
            connection: this.connection,
            run: `sudo ${hostSoftwareDirectory}/hop`,
            stdin: `${JSON.stringify({ login, server: name, uid }, null, 2)}\n`,
            runOnDelete: `sudo ${hostSoftwareDirectory}/hop --remove`,
          },
          { ...options, after: [boot] },
        ),
      ]),
    );
    this.ready = this.hops.size === 0 ? [boot] : [...this.hops.values()];
    this.registerOutputs({});
  }
}

/** What a preview says of whose it is. */
function whoseServer({ agents, owner }: ServerPlan): { owner: string } | { people: string[] } {
  return owner === undefined ? { people: agents.map((agent) => agent.owner) } : { owner };
}

/** The same at Hetzner, where who is on a shared server shall not be told: it would change with everybody who comes or goes. */
function whoseLabel({ owner }: ServerPlan): Record<string, string> {
  return owner === undefined ? sharedLabel : { owner };
}
