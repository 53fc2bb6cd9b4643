import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../user-error";

const change = z.strictObject({
  /** Path in the clone. */
  file: z.string(),
  /** Text that stands exactly once in the file. */
  from: z.string().min(1),
  /** What stands there in the mutant. */
  to: z.string(),
});

const mutant = z.strictObject({
  /** What is wrong with the mutant, as it would be told to somebody who let it in. */
  name: z.string().min(1),
  changes: z.array(change).min(1),
  /** The test file that must fail under it. */
  test: z.string().regex(/^test\/[a-z/_-]+(?:\.test\.ts|\.py)$/),
  /** A part of the name of the tests in it that are run; by default all of them. */
  only: z.string().min(1).optional(),
});

/** A known-bad change of the sources, and the test that has to notice it. */
export type Mutant = z.infer<typeof mutant>;

/** The mutants in the files of `test/mutants/`, in the order of the files. */
export function readMutants(root: string): readonly Mutant[] {
  const folder = join(root, "test", "mutants");
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return names.sort().flatMap((name) => {
    const read = z.array(mutant).safeParse(parse(readFileSync(join(folder, name), "utf8")));
    if (read.success) return read.data;
    throw new UserError(`test/mutants/${name} is not a list of mutants: ${z.prettifyError(read.error)}`);
  });
}

/** Whether its test boots machines of the sandbox. */
export function needsMachines({ test }: Mutant): boolean {
  return /^test\/(?:machine|sandbox|journeys)\//.test(test);
}

/**
 * The files of the mutant with their new text. Throws a sentence when a text to replace does not stand exactly once in its
 * file: the sources have moved on, and the list has not.
 *
 * @param read The text of a file of the clone.
 */
export function mutatedFiles(
  { name, changes }: Mutant,
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { file, from, to } of changes) {
    const [before, after, ...more] = (files.get(file) ?? read(file)).split(from);
    if (before === undefined || after === undefined || more.length > 0) {
      const count = after === undefined ? "nowhere" : "more than once";
      throw new UserError(
        `The mutant "${name}" is stale: its text to replace stands ${count} in ${file}. Fix: bring test/mutants/ up to date.`,
      );
    }
    files.set(file, `${before}${to}${after}`);
  }
  return files;
}
