import { z } from "zod";
import { readEmail, readGeneration, readMailDomain, readTokenUser, usualTokenUser } from "./git";
import { readDate, readInstant } from "./instants";
import { readPublicKey } from "./keys";
import { readCpus, readDisk, readMemory, readTasks } from "./limits";
import { loginPattern } from "./names";
import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { readRepository } from "./repositories";
import { holdsToken } from "./secrets";
import { readSharedName, sharedNamePattern } from "./shared-names";
import { readImage, readServerType, serverTypePattern, systemImage } from "./server-types";
import { codePoint, show } from "./show";
import { uidRange } from "./uids";

/** What editors show and complete (the JSON schema), besides the type. */
interface FieldHelp {
  readonly description: string;
  /** Keywords of JSON Schema that replace or complete what follows from the type. */
  readonly editor?: Readonly<Record<string, unknown>>;
}

/** A field of text that is read by a function of ours, whose finding becomes the problem. */
function text<Value>(read: (value: string) => Reading<Value>, help: FieldHelp): z.ZodType<Value, string> {
  return z
    .string()
    .transform((value, context): Value => {
      const reading = read(value);
      if (reading.ok) return reading.value;
      const { sentence, fix } = reading.finding;
      context.issues.push({ code: "custom", message: sentence, params: { fix }, input: value });
      return z.NEVER;
    })
    .meta({ ...help });
}

/** A line of text for people. It is shown in reports and never reaches a host. */
function line(longest: number, help: FieldHelp): z.ZodType<string, string> {
  return text((value) => {
    const length = Array.from(value).length;
    if (value.trim() === "") return refuse("The text is empty.", "Write something, or remove the key.");
    if (length > longest) {
      return refuse(`The text has ${length} characters, more than ${longest}.`, "Shorten it.");
    }
    const [odd] = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(value) ?? [];
    if (odd !== undefined)
      return refuse(`The text contains ${codePoint(odd)}.`, "Write it as one line of plain text.");
    if (holdsToken(value)) {
      return refuse(
        "The text holds a word that looks like a secret: consider it leaked.",
        "Remove it from the file and from the git history, and replace it where it is used.",
      );
    }
    return accept(value);
  }, help);
}

export const publicKey = text(readPublicKey, {
  description:
    "One public key, as the line of an id_….pub file. Its comment is dropped. Types: ssh-ed25519 (best), ecdsa-sha2-nistp256/384/521, sk-ssh-ed25519@openssh.com, sk-ecdsa-sha2-nistp256@openssh.com, ssh-rsa of 3072 bits or more. No options, never a private key.",
  editor: { examples: ["ssh-ed25519 AAAA… wes@laptop"] },
});

export const uid = text(
  (value) => {
    const fix = `Write a whole number from ${uidRange.least} to ${uidRange.most}, or remove it: uids are derived from the login.`;
    if (!/^[1-9][0-9]{0,9}$/.test(value))
      return refuse(`${show(value)} is not a uid: only the digits of a whole number are.`, fix);
    const number = Number(value);
    if (number >= uidRange.least && number <= uidRange.most) return accept(number);
    return refuse(`The uid ${number} is out of range.`, fix);
  },
  {
    description: `Overrides the uid that is derived from the login, from ${uidRange.least} to ${uidRange.most}. The agent gets the next one, so both must be free. Do not change the uid of somebody who has a server: their files would belong to nobody.`,
    // Our reader takes every scalar as text; editors read numbers as numbers.
    editor: { type: "integer", minimum: uidRange.least, maximum: uidRange.most },
  },
);

export const serverType = text(readServerType, {
  description:
    "Hetzner Cloud server type. Changing it resizes the server, which stops it for a minute or two.",
  editor: { pattern: serverTypePattern.source, examples: ["cx22", "cx32", "cpx31", "cax21", "ccx13"] },
});

export const memory = text(readMemory, {
  description:
    "Memory of the agent's tmux server and all that runs in it: gigabytes, megabytes, or a share of the server's. Usually 75%.",
  editor: { examples: ["8G", "512M", "75%"] },
});

export const cpus = text(readCpus, {
  description: "Processors that the agent may keep busy. Usually all, with less weight than people have.",
  editor: { type: "number", minimum: 0.1, maximum: 256, examples: [2, 1.5] },
});

export const tasks = text(readTasks, {
  description: "Processes and threads of the agent. Usually 4096.",
  editor: { type: "integer", minimum: 64, maximum: 100_000 },
});

export const disk = text(readDisk, {
  description:
    "What the agent's files may take of the server's disk together, wherever they lie: gigabytes, megabytes, or a share of it. Usually what there is.",
  editor: { examples: ["40G", "50%"] },
});

export const repository = text(readRepository, {
  description:
    "A git repository that is cloned into the workspace /srv/projects/LOGIN as the agent, once, if it is not there yet. No user and no token in it.",
  editor: { examples: ["https://github.com/acme/billing-api.git", "git@github.com:acme/billing-api.git"] },
});

export const gitGeneration = text(readGeneration, {
  description:
    "Tells one credential from the next, best the day on which it was made. Another one makes another key; for a token it only says which it is.",
  editor: { examples: ["2026-11-01"] },
});

export const tokenUser = text(readTokenUser, {
  description: `The agent's user name at the host, where one goes with the token. Usually ${usualTokenUser}.`,
  editor: { examples: ["wes-bot"] },
});

export const gitEmail = text(readEmail, {
  description:
    "The mail address of the agent's commits. Usually LOGIN-agent at defaults.gitDomain. Never the person's own.",
  editor: { examples: ["wes-agent@acme.example"] },
});

export const gitDomain = text(readMailDomain, {
  description: "Domain of the mail addresses of the agents' commits. Without it they end in .invalid.",
  editor: { examples: ["acme.example"] },
});

export const gitHostKey = text(readPublicKey, {
  description: "One public key by which the host is known, as its operator publishes it.",
  editor: { examples: ["ssh-ed25519 AAAA…"] },
});

export const image = text(readImage, {
  description:
    "Image of a new server: debian-12, or the number of a snapshot or backup in the Hetzner project, for a server that is restored. It is not applied to a server that exists.",
  editor: { type: ["string", "integer"], pattern: "^(debian-12|[1-9][0-9]{0,15})$", examples: [systemImage] },
});

export const backups = text(
  (value) =>
    value === "true" || value === "false"
      ? accept(value === "true")
      : refuse(`${show(value)} is neither true nor false.`, "Write true or false."),
  {
    description:
      "Whether Hetzner keeps daily backups of the server's disk (seven, for a fifth of the server's price more). false deletes those that there are.",
    editor: { type: "boolean" },
  },
);

export const day = text(readDate, {
  description: "A day, as YYYY-MM-DD.",
  editor: { format: "date", examples: ["2026-11-01"] },
});

export const until = text(readInstant, {
  description:
    "When the grant ends: an instant with its zone (RFC 3339), in the future and at most a year ahead. The servers enforce it by themselves. Without it the grant holds until it is removed here.",
  editor: { format: "date-time", examples: ["2026-12-31T23:59:59Z"] },
});

export const reason = line(200, {
  description: "Why the grant exists, for reviews and reports.",
  editor: { maxLength: 200, examples: ["onboarding"] },
});

export const displayName = line(80, {
  description: "How the person is called in reports. Never used on a server.",
  editor: { maxLength: 80, examples: ["Wes Example"] },
});

/** A person who is named by another part of the file. Whether there is such a person is checked across the file. */
export function personReference(description: string): z.ZodType<string, string> {
  return text(
    (value) =>
      value.trim() === "" ? refuse("The login is empty.", "Write the login of a person.") : accept(value),
    {
      description,
      editor: { pattern: loginPattern.source, examples: ["wes"] },
    },
  );
}

export const sharedServer = text(readSharedName, {
  description: "Name of a server that this person shares with others, such as dev-shared.",
  editor: { pattern: sharedNamePattern.source },
});
