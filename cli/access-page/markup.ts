/** HTML whose every free text is escaped: it can be made by `markup` only. */
export class Markup {
  private constructor(readonly text: string) {}

  /** Text that is HTML already: the fixed style sheet and script, and what `markup` puts together. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

type Part = string | number | Markup | readonly Markup[];

/**
 * Template tag for HTML: everything put into it is escaped for text and for attributes in double quotes, except what is
 * `Markup` itself.
 */
export function markup(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return Markup.trusted(
    fixed.map((text, index) => text + (index < parts.length ? textOf(parts[index] ?? "") : "")).join(""),
  );
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return escape(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
