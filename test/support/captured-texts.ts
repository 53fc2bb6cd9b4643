/** A page with captured texts: each stands in the code block after a comment `<!-- captured: NAME -->`. */
const block = /(<!-- captured: ([a-z]+) -->\n\n```text\n)([^]*?)(```\n)/g;

/** The texts that stand in the page, by name, in its order. */
export function capturedTexts(page: string): ReadonlyMap<string, string> {
  return new Map([...page.matchAll(block)].map(([, , name = "", text = ""]) => [name, text]));
}

/** The page with these texts in place of those that stand there. Throws when one is missing. */
export function withCaptured(page: string, texts: ReadonlyMap<string, string>): string {
  return page.replace(block, (_all, before: string, name: string, _text: string, after: string) => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`Nothing was captured for "${name}".`);
    return `${before}${text.trimEnd()}\n${after}`;
  });
}

/**
 * A preview without what differs from run to run and says nothing to a reviewer: numbers of resources and providers, the reading of the
 * former state, signs of being at work, keys that machines made, addresses.
 *
 * @param known Keys of the team file, which stay as they are.
 */
export function withoutNoise(preview: string, known: string): string {
  return preview
    .replace(/[ \t]+$/gm, "")
    .replace(/^@ previewing.*\n|^ {4}pulumi:pulumi:Stack \S+ running.*\n/gm, "")
    .replace(/^ {4}> pulumi:pulumi:StackReference: \(read\)\n[^]*?(?=^ {4}[+~-] [a-z])/m, "")
    .replace(/^ +\[(?:id|provider)=.*\n/gm, "")
    .replace(/\[urn=urn:.*::/g, "[urn=…::")
    .replace(/ssh-ed25519 ([A-Za-z0-9+/]{68})/g, (line, key: string) =>
      known.includes(key) ? line : "ssh-ed25519 AAAA…",
    )
    .replace(/127\.77\.\d+\.\d+/g, "192.0.2.13")
    .replace(/(dev-\w+ *: )"\d+"$/gm, '$1"…"')
    .replace(/(hostSoftware: )"\w+"/g, '$1"…"')
    .replace(/\d+ unchanged$/m, "… unchanged")
    .replace(/\n{2,}/g, "\n");
}

/** Whether two previews say the same: Pulumi prints resources in the order in which it is done with them. */
export function saysTheSame(one: string, other: string): boolean {
  const lines = (text: string): string => text.trimEnd().split("\n").sort().join("\n");
  return lines(one) === lines(other);
}
