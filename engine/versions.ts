/**
 * The exact versions that were tried together. A resource plugin must have the version of its npm package:
 * the engine accepts nothing else. A test compares this list with package.json.
 */
export const cliVersion = "3.248.0";

/** The resource plugins that the program uses. */
export const pluginVersions = { command: "1.2.1", hcloud: "1.35.0", random: "4.21.1" } as const;

/** Name of a resource plugin, as in `pulumi-resource-NAME`. */
export type PluginName = keyof typeof pluginVersions;

/** The names of the plugins in a fixed order. */
export const pluginNames = Object.keys(pluginVersions).sort() as readonly PluginName[];

/** The folder name that the engine looks for below `$PULUMI_HOME/plugins`. */
export function pluginFolder(name: PluginName): string {
  return `resource-${name}-v${pluginVersions[name]}`;
}
