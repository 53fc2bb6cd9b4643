import { readFileSync } from "node:fs";

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Environment variables by which programs are told of a bundle of certification authorities. */
const bundleVariables = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"];

/** The bundles (PEM) that this host trusts: Debian's own and what the environment names. */
export function hostBundles(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const named = bundleVariables.map((name) => environment[name] ?? "").filter((path) => path !== "");
  return [...new Set(["/etc/ssl/certs/ca-certificates.crt", ...named])].map(readIfThere);
}

/** The certificates of some bundles that another bundle lacks, each once, in order. */
export function extraCertificates(bundle: string, others: readonly string[]): readonly string[] {
  const known = new Set(bundle.match(certificate));
  const wanted = others.flatMap((other) => other.match(certificate) ?? []);
  return [...new Set(wanted)].filter((item) => !known.has(item));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
