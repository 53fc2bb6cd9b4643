import { mkdir, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
import { replaceDirectory } from "../../engine/replace-directory";
import { gatewayAddress, proxyPort } from "../network/addresses";
import { extraCertificates, hostBundles } from "./certificates";
import { packageRegistries } from "./package-registries";

/** Path of the bundle of certification authorities below a root file system. */
export const bundlePath = "etc/ssl/certs/ca-certificates.crt";

/**
 * What machines have to know of the host that they run on: the proxy, the package registries of the host's settings,
 * and its certification authorities. It is a layer between the image, which holds nothing of any host, and the
 * machines' disks, as a provider's images come with its own mirrors. (Not cloud-init's vendor-data: lists such as
 * `write_files` in it are dropped as soon as user_data has lists of the same name.)
 */
export function hostLayerFiles(
  gateway: string,
  registries: Readonly<Record<string, string>>,
  imageBundle: string,
  certificates: readonly string[],
): Readonly<Record<string, string>> {
  const proxy = `http://${gateway}:${String(proxyPort)}`;
  const environment = {
    http_proxy: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    no_proxy: "localhost,127.0.0.1,::1",
    NO_PROXY: "localhost,127.0.0.1,::1",
    NODE_EXTRA_CA_CERTS: `/${bundlePath}`,
    ...registries,
  };
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return {
    "etc/apt/apt.conf.d/95sandbox-proxy": `Acquire::http::Proxy "${proxy}";\nAcquire::https::Proxy "${proxy}";\n`,
    // For logins and sudo (pam_env), and for what systemd starts.
    "etc/environment": `${lines.join("\n")}\n`,
    "etc/systemd/system.conf.d/sandbox.conf": `[Manager]\nDefaultEnvironment=${lines.map((line) => `"${line}"`).join(" ")}\n`,
    [bundlePath]: [imageBundle.trimEnd(), ...certificates, ""].join("\n"),
    // Where update-ca-certificates(8) looks for them when it makes the bundle anew.
    ...Object.fromEntries(
      certificates.map((certificate) => [
        `usr/local/share/ca-certificates/sandbox-host-${shortHash(certificate)}.crt`,
        `${certificate}\n`,
      ]),
    ),
  };
}

/** The certification authorities of an image, given its root file system. */
export function imageBundle(rootFileSystem: string): string {
  return readFileSync(join(rootFileSystem, bundlePath), "utf8");
}

/**
 * Makes the host's layer for an instance. Its name is a hash of its content, since a layer must not change under a
 * mounted overlay: a machine gets a changed one when it boots next.
 *
 * @param bundle The certification authorities of the image.
 * @returns Path of the layer.
 */
export async function ensureHostLayer(number: number, bundle: string, layers: string): Promise<string> {
  const files = hostLayerFiles(
    gatewayAddress(number),
    await packageRegistries(),
    bundle,
    extraCertificates(bundle, hostBundles()),
  );
  const layer = join(layers, shortHash(JSON.stringify(files)));
  if (existsSync(layer)) return layer;
  await replaceDirectory(layer, async (directory) => {
    const root = join(directory, "root");
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true, mode: 0o755 });
      await writeFile(join(root, path), content, { mode: 0o644 });
    }
  });
  return layer;
}

/** The directory of a layer that becomes part of a machine's root. */
export function layerRoot(layer: string): string {
  return join(layer, "root");
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
