import { keyLine } from "../config/sample";

/** The text of a team file with so many people, the first of whom leads all others. Equal sizes give equal texts. */
export function exampleTeam(size: number): string {
  const names = Array.from({ length: size }, (_, index) => `person${String(index + 1).padStart(3, "0")}`);
  const people = names.map((name) => `  ${name}:\n    keys: [${publicKeyOf(name)}]\n`);
  const [lead, ...led] = names;
  const grants = led.map((name) => `  - { lead: ${lead ?? ""}, over: ${name} }\n`);
  return [
    "defaults:\n  server: { type: cx22, image: debian-12 }\n",
    "people:\n",
    ...people,
    ...(grants.length === 0 ? [] : ["grants:\n", ...grants]),
  ].join("");
}

/** A valid ed25519 public key that depends on the name alone, without a comment. */
export function publicKeyOf(name: string): string {
  return keyLine(name).split(" ").slice(0, 2).join(" ");
}
