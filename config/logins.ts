import { loginPattern } from "./names";
import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { reservedBecause } from "./reserved-names";
import { looksSecret } from "./secrets";
import { codePoint, show } from "./show";

/** `useradd` and utmp take 32 characters, and `-agent` is added. */
const longest = 26;

const rule = 'Use 1 to 26 of a–z, 0–9 and "-", starting with a letter.';

/** Letters of other scripts that look like Latin ones, as they are used to pass for somebody else. */
const lookAlikes: Readonly<Partial<Record<string, string>>> = {
  а: "a",
  с: "c",
  ԁ: "d",
  е: "e",
  һ: "h",
  і: "i",
  ј: "j",
  ӏ: "l",
  о: "o",
  р: "p",
  ԛ: "q",
  ѕ: "s",
  ԝ: "w",
  х: "x",
  у: "y",
  α: "a",
  ε: "e",
  ι: "i",
  κ: "k",
  ν: "v",
  ο: "o",
  ρ: "p",
  υ: "u",
  ı: "i",
  ɡ: "g",
  ѵ: "v",
  "‐": "-",
  "‑": "-",
  "–": "-",
  "—": "-",
  "−": "-",
};

/**
 * Reads a person's login. Debian's `useradd` takes nearly anything (`ALL`, `%wes`, `#0`, `..`), so this is
 * where names that would mean something in sudoers, in a path or in a shell are stopped.
 */
export function readLogin(text: string): Reading<string> {
  const { sentence, fix } = flaw(text) ?? {};
  return sentence === undefined ? accept(text) : refuse(sentence, fix ?? rule);
}

interface Flaw {
  readonly sentence: string;
  readonly fix?: string;
}

function flaw(text: string): Flaw | undefined {
  if (text === "") return { sentence: "The login is empty." };
  if (looksSecret(text))
    return {
      sentence: "The login looks like a secret.",
      fix: "Remove it, replace it where it is used, and write a login.",
    };
  if (text === "ALL")
    return { sentence: 'The login "ALL" is a reserved word in sudoers and would match everyone.', fix: rule };
  return reserved(text) ?? wrongCase(text) ?? wrongCharacter(text) ?? wrongEnds(text) ?? wrongLength(text);
}

function reserved(text: string): Flaw | undefined {
  const because = reservedBecause(text.toLowerCase());
  if (because !== undefined) {
    return {
      sentence: `The login ${show(text)} ${because}, so it is reserved.`,
      fix: "Choose another login.",
    };
  }
  if (text.toLowerCase().endsWith("-agent")) {
    return {
      sentence: `The login ${show(text)} ends with "-agent", which is reserved for agent users.`,
      fix: "Give the person's own login; the agent's account is made from it.",
    };
  }
  return undefined;
}

function wrongCase(text: string): Flaw | undefined {
  const lower = text.toLowerCase();
  if (!/[A-Z]/.test(text) || !loginPattern.test(lower)) return undefined;
  return { sentence: `The login ${show(text)} must be lower case.`, fix: `Did you mean "${lower}"?` };
}

function wrongCharacter(text: string): Flaw | undefined {
  const characters = Array.from(text);
  const index = characters.findIndex((character) => !/^[A-Za-z0-9-]$/.test(character));
  const character = characters[index];
  if (character === undefined) return undefined;
  const position = index + 1;
  const place = `at position ${position}`;
  if (/[\p{Cc}]/u.test(character))
    return { sentence: `The login contains the control character ${codePoint(character)} ${place}.` };
  const similar = lookAlikes[character.toLowerCase()];
  if (similar !== undefined) {
    return {
      sentence: `The login ${show(text)} contains ${codePoint(character)} ${place}, which only looks like "${similar}".`,
    };
  }
  if (!/^[ -~]$/.test(character))
    return {
      sentence: `The login ${show(text)} contains ${codePoint(character)} ${place}, which is not allowed in a login.`,
    };
  return {
    sentence: `The login ${show(text)} contains ${show(character)} ${place}, which is not allowed${meaning(character)}.`,
  };
}

function meaning(character: string): string {
  if (character === ".") return ": sudo ignores files whose names contain a dot";
  if (character === "_") return ': only a–z, 0–9 and "-" are';
  if ('%#+!,=*\\()@:&"'.includes(character)) return ": it has a meaning in sudoers";
  if ("$`;|<>?[]{}'~^".includes(character)) return ": it has a meaning in a shell";
  if (character === "/") return ": it has a meaning in paths";
  return "";
}

function wrongEnds(text: string): Flaw | undefined {
  if (/^[0-9]/.test(text))
    return { sentence: `The login ${show(text)} must start with a letter: a number is read as a uid.` };
  if (text.startsWith("-") || text.endsWith("-"))
    return { sentence: `The login ${show(text)} must not start or end with "-".` };
  if (text.includes("--")) return { sentence: `The login ${show(text)} must not contain "--".` };
  return undefined;
}

function wrongLength(text: string): Flaw | undefined {
  if (text.length > longest) {
    return {
      sentence: `The login ${show(text)} is too long: ${text.length} > ${longest} ("-agent" is added, and Linux allows 32).`,
      fix: `Shorten it to ${longest} characters.`,
    };
  }
  return (
    wrongCase(text) ??
    (loginPattern.test(text) ? undefined : { sentence: `The login ${show(text)} is not allowed.` })
  );
}
