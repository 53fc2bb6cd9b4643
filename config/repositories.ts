import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";

/** A git repository that an agent works on. */
export interface Repository {
  /** Name of its folder in the workspace. */
  readonly name: string;
  readonly url: string;
}

const plainUrl =
  /^(https:\/\/[A-Za-z0-9.-]+(:[0-9]+)?|ssh:\/\/([a-z][a-z0-9-]*@)?[A-Za-z0-9.-]+(:[0-9]+)?|[a-z][a-z0-9-]*@[A-Za-z0-9.-]+:|file:\/\/)(\/?[A-Za-z0-9_~][A-Za-z0-9._~-]*)+$/;

/** Reads `https://…`, `ssh://…`, `git@HOST:PATH` or `file:///…`. What is in it is shown in previews, so it holds no secret. */
export function readRepository(text: string): Reading<Repository> {
  const fix =
    "Write one such as https://github.com/acme/billing-api.git or git@github.com:acme/billing-api.git.";
  if (/^https:\/\/[^/]*@/.test(text)) {
    return refuse(
      "The address has a user or a token in it, which everybody who reads this file or a preview would have.",
      "Remove what is between https:// and @, and replace the token where it was made.",
    );
  }
  if (!plainUrl.test(text)) return refuse(`${show(text)} is not the address of a repository.`, fix);
  const name = (text.split(/[/:]/).at(-1) ?? "").replace(/\.git$/, "");
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(name)) return accept({ name, url: text });
  return refuse(`${show(text)} does not end in a name that a folder can have.`, fix);
}
