/**
 * Makes a clone ready to run: installs the locked dependencies and compiles the TypeScript, each only when needed.
 * Every npm script of this project starts with it, so that a fresh clone needs one command. Plain JavaScript,
 * because it runs before anything is installed or compiled. Prints to standard error only.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isCompiled, noteCompiled } from "./compiled-sources.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lowestNode = [20, 19];

checkNode();
const release = await lockClone();
installDependencies();
compile();
release.close();

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > lowestNode[0] || (major === lowestNode[0] && minor >= lowestNode[1])) return;
  fail(`Node ${process.versions.node} is too old. Fix: install Node ${lowestNode.join(".")} or newer.`);
}

/** Two commands of one clone at once: the second waits here. The kernel frees the name when its holder ends. */
async function lockClone() {
  const name = `\0team-runtime-prepare-${hash(root)}`;
  for (;;) {
    const server = createServer();
    const held = await new Promise((resolve, reject) => {
      server.once("listening", () => resolve(true));
      server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
      server.listen(process.platform === "linux" ? name : 0);
    });
    if (held) return server.unref();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function installDependencies() {
  const stamp = join(root, "node_modules", ".team-runtime-lock");
  const wanted = hash(readFileSync(join(root, "package-lock.json")));
  if (readIfThere(stamp) === wanted) return;
  say("Installing the locked dependencies (npm ci) …");
  runOrFail("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], "npm ci failed");
  writeFileSync(stamp, wanted);
}

function compile() {
  if (isCompiled(root)) return;
  say("Compiling …");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  runOrFail(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], "The compilation failed");
  noteCompiled(root);
}

function runOrFail(command, args, sentence) {
  // Both programs' output goes to standard error: standard output belongs to the command that follows.
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) fail(`${sentence} (see above).`);
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function hash(content) {
  return createHash("sha256").update(content).digest("hex");
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
