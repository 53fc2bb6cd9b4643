import { renderAccessDocument } from "../components/access-document";
import { formatDocument } from "../components/canonical-json";
import { plan } from "../config/plan";
import { show } from "../config/show";
import { didYouMean } from "../config/suggest";
import { loadForCommand } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

/** `team render`: the access document of one server as it would be sent, with `null` for what only an update knows. Returns the exit code. */
export function render(serverName: string, file: string, terminal: Terminal): number {
  const loaded = loadForCommand(file, terminal);
  if (typeof loaded === "number") return loaded;
  const { servers } = plan(loaded.team);
  const server = servers.find(({ name }) => name === serverName);
  if (server === undefined) {
    const names = servers.map(({ name }) => name);
    terminal.complain(
      `The team file has no server ${show(serverName)}.${didYouMean(serverName, names)} Fix: use one of ${names.join(", ")}.\n`,
    );
    return exitCodes.invalid;
  }
  terminal.print(formatDocument(renderAccessDocument(server, { hopKeys: new Map(), addresses: new Map() })));
  return exitCodes.fine;
}
