import { basename } from "node:path";
import { cliVersion } from "../versions";
import type { ReleaseSite } from "./releases";

/**
 * The official release site. The checksums of the CLI's archives are published beside the release on GitHub
 * (`pulumi-VERSION-checksums.txt`); those of a plugin with the plugin's own release.
 */
export const officialSite: ReleaseSite = {
  base: "https://get.pulumi.com/releases",
  checksums: (archive) => {
    if (archive.startsWith("sdk/")) {
      return `https://github.com/pulumi/pulumi/releases/download/v${cliVersion}/pulumi-${cliVersion}-checksums.txt`;
    }
    const [, name = "", version = ""] = /^pulumi-resource-(\w+)-v([\d.]+)-/.exec(basename(archive)) ?? [];
    return `https://github.com/pulumi/pulumi-${name}/releases/download/v${version}/pulumi-${name}_${version}_checksums.txt`;
  },
};
