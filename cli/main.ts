import { runTeam } from "./program";
import { readStackServers } from "./stack-outputs";
import { processTerminal } from "./terminal";

// The exit code is set rather than the process ended, so that a pipe gets all that was written.
void runTeam(process.argv.slice(2), {
  environment: process.env,
  terminal: processTerminal,
  readServers: readStackServers,
}).then((code) => {
  process.exitCode = code;
});
