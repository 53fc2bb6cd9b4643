import { execFileSync } from "node:child_process";
import { show } from "../config/show";
import { largestFile } from "../config/source";
import { accept, refuse } from "../config/problem";
import type { Reading } from "../config/problem";

/**
 * The bytes of a file at a git revision, as they are stored: no filter of the repository runs (git-cat-file(1)).
 *
 * @param revision Such as `main`, `HEAD~1` or a commit.
 * @param path From the root of the repository, or from the directory when it starts with `./` or `../`.
 * @param directory Where git looks for its repository.
 */
export function readAtRevision(revision: string, path: string, directory: string): Reading<Uint8Array> {
  const name = `${revision}:${path}`;
  const fix = "Name a file, a git revision such as main or HEAD~1, or REVISION:PATH.";
  // Git would read it as an option.
  if (name.startsWith("-")) return refuse(`${show(name)} is neither a file nor a git revision.`, fix);
  try {
    const bytes = execFileSync("git", ["cat-file", "blob", name], {
      cwd: directory,
      maxBuffer: 2 * largestFile,
      stdio: ["ignore", "pipe", "pipe"],
      // The messages are shown, so they are in one language.
      env: { ...process.env, LC_ALL: "C" },
    });
    return accept(bytes);
  } catch (error) {
    return refuse(
      `There is no such file, and git finds no ${show(path)} at the revision ${show(revision)}${whyOf(error)}.`,
      fix,
    );
  }
}

/** What git said, without its name for the object, which would not be safe to print. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && error.code === "ENOENT") return " (git is not installed)";
  if ("code" in error && error.code === "ENOBUFS") return " that is smaller than 1 MB";
  const said = "stderr" in error ? String(error.stderr) : "";
  if (said.includes("not a git repository")) return " (this is not a git repository)";
  if (said.includes("dubious ownership"))
    return " (the repository belongs to another user, see safe.directory in git-config(1))";
  if (/path '.*' (?:does not exist|exists on disk, but not) in /s.test(said))
    return " (the revision exists, the file in it does not)";
  return "";
}
