import * as pulumi from "@pulumi/pulumi";
import { formatSettingProblem, readSettings } from "./settings";
import type { SettingProblem, Settings } from "./settings";

/** Stack settings that cannot be used. The message is all their problems, one on each line, ready to be shown. */
export class StackSettingsError extends Error {
  constructor(readonly problems: readonly SettingProblem[]) {
    super(problems.map(formatSettingProblem).join("\n"));
    this.name = "StackSettingsError";
  }
}

/** The settings of the selected stack, with the key pair of the deploy user. */
export interface StackSettings extends Omit<Settings, "deployPublicKey"> {
  readonly deployKey: {
    /** A secret. */
    readonly privateKey: pulumi.Output<string>;
    /** `ssh-ed25519 AAAA…` */
    readonly publicKey: string;
  };
}

/**
 * Reads the settings in `Pulumi.<stack>.yaml` and the environment (`HCLOUD_TOKEN`, `HCLOUD_ENDPOINT`). The only
 * place that does. Throws `StackSettingsError` with all problems and the commands that solve them.
 */
export function loadStackSettings(): StackSettings {
  const hetzner = new pulumi.Config("hcloud");
  const own = new pulumi.Config("team-runtime");
  const deployKey = own.get("deployKey");
  const result = readSettings({
    stack: pulumi.getStack(),
    token: hetzner.get("token") ?? process.env["HCLOUD_TOKEN"],
    endpoint: hetzner.get("endpoint") ?? process.env["HCLOUD_ENDPOINT"],
    location: own.get("location"),
    deployKey,
    otherDeployKey: own.get("otherDeployKey"),
    teamFile: own.get("teamFile"),
    protection: own.get("protection"),
    forget: own.get("forget"),
    sshFrom: own.get("sshFrom"),
    sshWait: own.get("sshWait"),
    hostKeys: own.get("hostKeys"),
    gitTokens: own.get("gitTokens"),
    eternalTerminal: own.get("eternalTerminal"),
  });
  if (!result.ok) throw new StackSettingsError(result.problems);
  const { deployPublicKey, ...settings } = result.settings;
  return {
    ...settings,
    deployKey: { privateKey: pulumi.secret(`${(deployKey ?? "").trim()}\n`), publicKey: deployPublicKey },
  };
}
