import { refuse, accept } from "./problem";
import type { Finding, Reading } from "./problem";
import { codePoint } from "./show";

/** A team file of 200 people has about 60 kB. */
export const largestFile = 1024 * 1024;

/** A file with more is not text; listing all of them helps nobody. */
const mostUnreadable = 100;

/** A finding about a stretch of the text, by offset. */
export interface TextFinding extends Finding {
  readonly offset: number;
  readonly length: number;
}

/** Bytes to text: UTF-8, with or without a byte order mark, lines ending in LF or CRLF. */
export function decode(bytes: Uint8Array): Reading<string> {
  const saveAsUtf8 = "Save the file as UTF-8.";
  if (bytes.length > largestFile) {
    return refuse(`The file is larger than 1 MB, which no team needs.`, "Check that it is the right file.");
  }
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return refuse(`The file is in ${wide}, not in UTF-8.`, saveAsUtf8);
  try {
    return accept(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    const { line, column, byte } = firstInvalidByte(bytes);
    const number = `0x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    return refuse(
      `The file is not UTF-8: the byte ${number} on line ${line}, column ${column} is not part of a character; it may be Latin-1 (ISO 8859-1) or Windows-1252.`,
      saveAsUtf8,
    );
  }
}

/**
 * Characters that a reviewer cannot see, or that show him another order or another line than a program reads:
 * control characters, direction marks, zero-width characters, odd line ends. In comments as well.
 */
export function findUnreadable(text: string): readonly TextFinding[] {
  const found = text.matchAll(
    /(?!\r\n|[\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]|[\uFFFE\uFFFF]/gu,
  );
  return [...found].slice(0, mostUnreadable).map((match) => ({
    offset: match.index,
    length: match[0].length,
    sentence: `The file contains the ${kindOf(match[0])} ${codePoint(match[0])}, which a reader cannot see.`,
    fix: "Remove it.",
  }));
}

/** `control character` or `invisible character`, for messages. */
export function kindOf(character: string): string {
  return /\p{Cc}/u.test(character) ? "control character" : "invisible character";
}

/** UTF-16 and UTF-32 by their byte order mark, or by the zero bytes that ASCII text has in them. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe && third === 0 && fourth === 0) return "UTF-32";
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return "UTF-32";
  if (first === 0xff && second === 0xfe) return "UTF-16";
  if (first === 0xfe && second === 0xff) return "UTF-16";
  const sample = bytes.subarray(0, 256);
  const zeros = sample.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  return sample.length >= 4 && zeros * 5 >= sample.length * 2 ? "UTF-16 or UTF-32" : undefined;
}

/** The first byte that does not start a character. ASCII is passed over, so that a large file takes no longer than a small one. */
function firstInvalidByte(bytes: Uint8Array): { line: number; column: number; byte: number } {
  let offset = 0;
  while (offset < bytes.length) {
    const length = characterLength(bytes[offset] ?? 0);
    if (length > 1 && !isCharacter(bytes.subarray(offset, offset + length))) break;
    offset += length;
  }
  const before = Buffer.from(bytes.subarray(0, offset)).toString("utf8").split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, byte: bytes[offset] ?? 0 };
}

/** How long the character is that starts with this byte (RFC 3629); 2 for a byte that starts none, to have it looked at. */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

function isCharacter(bytes: Uint8Array): boolean {
  try {
    return Array.from(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)).length === 1;
  } catch {
    return false;
  }
}
