import { createHash } from "node:crypto";

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

/** A valid ed25519 public key that depends on the name alone. */
export function publicKeyOf(name: string): string {
  const type = "ssh-ed25519";
  const fields = [Buffer.from(type), createHash("sha256").update(name).digest()];
  // The SSH wire format (RFC 8709, section 4): each field after its length. Both are shorter than 256 bytes.
  const blob = Buffer.concat(fields.flatMap((field) => [Buffer.from([0, 0, 0, field.length]), field]));
  return `${type} ${blob.toString("base64")}`;
}
