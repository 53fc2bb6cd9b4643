import { delimiter, join } from "node:path";
import type { Engine } from "../../engine/engine";
import { sandboxStack } from "../deploy";
import { apiEndpoint, pulumiHome, type Instance } from "./instance";

/**
 * The environment for programs that work on an instance, `pulumi` above all: the engine in front on PATH, a state
 * backend and a plugin folder of the instance's own, the local Hetzner as endpoint. Nothing is fetched at run time.
 *
 * @param base What is passed on, by default this process's environment. Its SSH agent is not: the people of the sandbox
 *   have keys of their own.
 */
export function instanceEnvironment(
  instance: Instance,
  { binDirectory }: Engine,
  base: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    ...base,
    PATH: [binDirectory, base["PATH"] ?? ""].join(delimiter),
    HCLOUD_ENDPOINT: apiEndpoint(instance),
    PULUMI_HOME: pulumiHome(instance),
    PULUMI_BACKEND_URL: `file://${join(instance.directory, "pulumi-state")}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_STACK: sandboxStack,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  delete environment["SSH_AUTH_SOCK"];
  return environment;
}
