import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";

/** The same length as the own server of a person has at most: `dev-` and 26 characters. */
const longest = 30;

/** The form of a shared server's name: that of any server of this program, and one DNS label (RFC 1123). */
export const sharedNamePattern = /^dev-[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Reads the name of a server that several people share, such as `dev-shared`. */
export function readSharedName(text: string): Reading<string> {
  const fix = `Write a name such as dev-shared: "dev-", then at most ${longest - 4} of a–z, 0–9 and single "-", starting with a letter.`;
  if (!sharedNamePattern.test(text)) return refuse(`${show(text)} is not the name of a shared server.`, fix);
  if (text.length > longest)
    return refuse(`The name ${show(text)} is too long: ${text.length} > ${longest}.`, fix);
  return accept(text);
}
