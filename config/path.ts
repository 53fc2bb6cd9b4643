import { looksSecret } from "./secrets";
import { show } from "./show";

/** Where in the file a value stands: keys and list indices from the top. */
export type Path = readonly (string | number)[];

/** `people.wes.keys[1]`; keys that are not plain words are shown in quotes, and a secret not at all. */
export function formatPath(path: Path): string {
  if (path.length === 0) return "(file)";
  const text = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    if (/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(step) && !looksSecret(step)) return `.${step}`;
    return `[${show(step)}]`;
  });
  return text.join("").replace(/^\./, "");
}
