export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The widest that a line may be, in characters. At least 3 for each column. */
  readonly width: number;
}

/** Narrower than this, text of several words is hard to read. */
const readable = 12;

const gap = "  ";

/**
 * A table of plain text whose lines are no longer than the width. Columns get what they need; where that is too much,
 * text wraps between words, and a name that is still too long is cut into two lines.
 */
export function formatTextTable({ head, rows, width }: TextTable): string {
  const columns = head.map((title, index) => [title, ...rows.map((row) => row[index] ?? "")]);
  const widths = fit(columns, width - gap.length * (head.length - 1));
  return [head, ...rows].map((row) => formatRow(row, widths)).join("");
}

/** Takes characters from the widest column, and from those that can wrap between words before all others. */
function fit(columns: readonly (readonly string[])[], room: number): readonly number[] {
  const widths = columns.map((cells) => Math.max(...cells.map(lengthOf)));
  const wraps = columns.map((cells) => Math.max(readable, ...cells.map(longestWord)));
  while (sum(widths) > room) {
    const candidates = widths.map((width, index) => ({
      index,
      width,
      canWrap: width > (wraps[index] ?? width),
    }));
    const wrapping = candidates.filter(({ canWrap }) => canWrap);
    const [widest] = (wrapping.length > 0 ? wrapping : candidates).sort(
      (left, right) => right.width - left.width || right.index - left.index,
    );
    if (widest === undefined) break;
    widths[widest.index] = widest.width - 1;
  }
  return widths;
}

function formatRow(cells: readonly string[], widths: readonly number[]): string {
  const wrapped = cells.map((cell, index) => wrap(cell, widths[index] ?? 1));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const texts = wrapped.map((lines, index) => pad(lines[line] ?? "", widths[index] ?? 1));
    return `${texts.join(gap).trimEnd()}\n`;
  }).join("");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((part) => cut(part, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (lengthOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function cut(word: string, width: number): readonly string[] {
  const characters = Array.from(word);
  return Array.from({ length: Math.max(1, Math.ceil(characters.length / width)) }, (_, index) =>
    characters.slice(index * width, (index + 1) * width).join(""),
  );
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - lengthOf(text)));
}

function longestWord(text: string): number {
  return Math.max(...text.split(" ").map(lengthOf));
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
