import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";
import { didYouMean } from "./suggest";

/**
 * Hetzner's server types of late 2026, for suggestions only: Hetzner decides which exist, so a type that is
 * not listed passes if it has the form of one.
 */
const knownServerTypes: readonly string[] = [
  ...["cx22", "cx32", "cx42", "cx52", "cx23", "cx33", "cx43", "cx53"],
  ...["cpx11", "cpx21", "cpx31", "cpx41", "cpx51", "cpx12", "cpx22", "cpx32", "cpx42", "cpx52", "cpx62"],
  ...["cax11", "cax21", "cax31", "cax41"],
  ...["ccx13", "ccx23", "ccx33", "ccx43", "ccx53", "ccx63"],
];

export const serverTypePattern = /^c[a-z]{1,3}[0-9]{2}$/;

/** The images that the host software is tested on. */
export const images = ["debian-12"] as const;

/** Reads a server type, such as `cx22`. */
export function readServerType(text: string): Reading<string> {
  if (serverTypePattern.test(text)) return accept(text);
  return refuse(
    `${show(text)} is not a server type of Hetzner Cloud.`,
    `Use one such as ${["cx22", "cpx31", "cax21", "ccx13"].join(", ")}.${didYouMean(text, knownServerTypes)}`,
  );
}
