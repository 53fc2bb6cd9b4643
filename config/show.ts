import { looksSecret } from "./secrets";

/** More than this of a value helps nobody to find it. */
const longest = 40;

/**
 * A value of the team file as it may appear in a message: in quotes, printable ASCII only (so that escape
 * sequences, look-alikes and invisible characters can be seen), shortened, and not at all when it may be a secret.
 */
export function show(value: string): string {
  if (looksSecret(value)) return "(a value that is not shown: it looks like a secret)";
  const characters = Array.from(value);
  const shortened = characters.length > longest ? [...characters.slice(0, longest - 1), "…"] : characters;
  return `"${shortened.map(printable).join("")}"`;
}

/** The character by its number, such as `U+000A (line feed)`. */
export function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const name = characterNames[number];
  return name === undefined ? number : `${number} (${name})`;
}

const characterNames: Readonly<Partial<Record<string, string>>> = {
  "U+0000": "NUL",
  "U+0009": "tab",
  "U+000A": "line feed",
  "U+000D": "carriage return",
  "U+001B": "escape",
  "U+0020": "space",
  "U+0085": "next line",
  "U+00A0": "no-break space",
  "U+00AD": "soft hyphen",
  "U+200B": "zero width space",
  "U+200C": "zero width non-joiner",
  "U+200D": "zero width joiner",
  "U+200E": "left-to-right mark",
  "U+200F": "right-to-left mark",
  "U+2028": "line separator",
  "U+2029": "paragraph separator",
  "U+202A": "left-to-right embedding",
  "U+202B": "right-to-left embedding",
  "U+202D": "left-to-right override",
  "U+202E": "right-to-left override",
  "U+2066": "left-to-right isolate",
  "U+2067": "right-to-left isolate",
  "U+FEFF": "byte order mark",
};

function printable(character: string): string {
  if (character === "…") return character;
  if (character === '"' || character === "\\") return `\\${character}`;
  if (/^[ -~]$/.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
