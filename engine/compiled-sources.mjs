/**
 * Whether the compiled program is that of the sources beside it. Plain JavaScript, because `prepare.mjs` needs it before
 * anything is compiled.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const folders = ["config", "invariants", "components", "cli", "engine", "sandbox"];
const files = ["index.ts", "policy/pack.ts", "package.json", "tsconfig.json", "tsconfig.build.json"];

/** Whether `dist/` was compiled from exactly the sources that are there now. */
export function isCompiled(root) {
  const stamp = stampFile(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sourcesVersion(root);
}

/** Notes that `dist/` has just been compiled. */
export function noteCompiled(root) {
  mkdirSync(dirname(stampFile(root)), { recursive: true });
  writeFileSync(stampFile(root), sourcesVersion(root));
}

function stampFile(root) {
  return join(root, "dist", ".sources");
}

function sourcesVersion(root) {
  const hash = createHash("sha256");
  for (const file of sources(root)) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function sources(root) {
  const found = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith(".ts"));
  return [...files, ...found].sort();
}
