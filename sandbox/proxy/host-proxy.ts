/** The proxy that this host itself has to use for a destination, from the environment; `undefined`: it goes directly. */
export function hostProxyFor(destination: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const scheme = destination.protocol === "http:" ? "http" : "https";
  const proxy = setting(environment, `${scheme}_proxy`) ?? setting(environment, "all_proxy");
  if (proxy === undefined || isExcepted(destination, setting(environment, "no_proxy") ?? ""))
    return undefined;
  return new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
}

/**
 * `no_proxy` as curl reads it: names separated by commas; a name covers its subdomains, with or without a leading dot;
 * `*` covers everything.
 */
function isExcepted({ hostname }: URL, exceptions: string): boolean {
  return exceptions
    .split(",")
    .map((entry) =>
      entry
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ""),
    )
    .filter((entry) => entry !== "")
    .some((entry) => entry === "*" || hostname === entry || hostname.endsWith(`.${entry}`));
}

/** Both spellings are in use; the lower-case one wins, as with curl. */
function setting(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name] ?? environment[name.toUpperCase()] ?? "";
  return value === "" ? undefined : value;
}
