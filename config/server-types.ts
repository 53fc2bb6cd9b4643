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

/** The system image that the host software is tested on. */
export const systemImage = "debian-12";

/** Reads the image of a new server: the system image, or the number of a snapshot or backup in the Hetzner project. */
export function readImage(text: string): Reading<string> {
  if (text === systemImage || /^[1-9][0-9]{0,15}$/.test(text)) return accept(text);
  return refuse(
    `${show(text)} is not supported here.`,
    `Use ${systemImage}, or the number of a snapshot or backup in the Hetzner project.`,
  );
}

/** Reads a server type, such as `cx22`. */
export function readServerType(text: string): Reading<string> {
  if (serverTypePattern.test(text)) return accept(text);
  return refuse(
    `${show(text)} is not a server type of Hetzner Cloud.`,
    `Use one such as ${["cx22", "cpx31", "cax21", "ccx13"].join(", ")}.${didYouMean(text, knownServerTypes)}`,
  );
}
