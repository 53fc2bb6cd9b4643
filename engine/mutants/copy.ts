import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { mutatedFiles, type Mutant } from "./mutant";

/** A throw-away copy of the clone, in which mutants live and die. */
export interface Copy {
  readonly folder: string;
  /** Runs `work` while the mutant's changes are made. */
  during<Result>(mutant: Mutant, work: () => Promise<Result>): Promise<Result>;
  remove(): void;
}

/** Copies what git knows or would add, and the compiled program; the dependencies are linked. */
export function copyClone(): Copy {
  const folder = mkdtempSync(join(tmpdir(), "team-runtime-mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  for (const file of listed.split("\0").filter((name) => name !== "")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(projectRoot, file), join(folder, file));
  }
  cpSync(join(projectRoot, "dist"), join(folder, "dist"), { recursive: true });
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  const write = (files: ReadonlyMap<string, string>): void => {
    for (const [file, text] of files) writeFileSync(join(folder, file), text);
  };
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  return {
    folder,
    async during(mutant, work) {
      const mutated = mutatedFiles(mutant, read);
      const originals = new Map([...mutated.keys()].map((file) => [file, read(file)]));
      write(mutated);
      try {
        return await work();
      } finally {
        write(originals);
      }
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
