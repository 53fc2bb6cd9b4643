import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { projectRoot } from "../../config/project-root";

/** An editor with the YAML language server, as VS Code's extension "YAML" starts it. */
export interface YamlEditor {
  /** Opens a text as if it stood in that file, and waits for what the server marks in it. */
  open(file: string, text: string): Promise<readonly Mark[]>;
  /** What is offered at the end of a text that stands in that file. */
  complete(file: string, text: string): Promise<readonly string[]>;
  /** What is shown for the word at a place; lines and columns from 0. */
  hover(file: string, text: string, line: number, column: number): Promise<string>;
  close(): Promise<void>;
}

/** A mistake that is underlined. */
export interface Mark {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

interface Diagnostics {
  readonly uri: string;
  readonly diagnostics: readonly {
    readonly message: string;
    readonly range: { readonly start: { readonly line: number } };
  }[];
}

/** Starts the language server. It asks nothing of the network: the catalogue of public schemas is off. */
export async function startYamlEditor(): Promise<YamlEditor> {
  const server = spawn(
    process.execPath,
    [join(projectRoot, "node_modules", "yaml-language-server", "bin", "yaml-language-server"), "--stdio"],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const settings: Readonly<Record<string, object>> = {
    yaml: { schemaStore: { enable: false }, validate: true, completion: true, hover: true },
    http: {},
    "[yaml]": {},
    editor: {},
    files: {},
  };
  connection.onRequest("workspace/configuration", ({ items }: { items: readonly { section: string }[] }) =>
    items.map(({ section }) => settings[section] ?? {}),
  );
  connection.onRequest("client/registerCapability", () => null);
  const waiting = new Map<string, (marks: readonly Mark[]) => void>();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: Diagnostics) => {
    waiting.get(uri)?.(diagnostics.map(({ message, range }) => ({ line: range.start.line + 1, message })));
  });
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(projectRoot).href,
    capabilities: {
      workspace: { configuration: true },
      textDocument: { completion: { completionItem: {} } },
    },
  });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("workspace/didChangeConfiguration", { settings });
  let version = 0;
  const open = async (file: string, text: string): Promise<readonly Mark[]> => {
    const uri = pathToFileURL(file).href;
    const marks = new Promise<readonly Mark[]>((resolve) => waiting.set(uri, resolve));
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: (version += 1), text },
    });
    const result = await marks;
    waiting.delete(uri);
    return result;
  };
  return {
    open,
    complete: async (file, text) => {
      await open(file, text);
      const lines = text.split("\n");
      const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
      const { items } = await connection.sendRequest<{ items: readonly { label: string }[] }>(
        "textDocument/completion",
        { textDocument: { uri: pathToFileURL(file).href }, position },
      );
      return items.map(({ label }) => label);
    },
    hover: async (file, text, line, character) => {
      await open(file, text);
      const answer = await connection.sendRequest<{ contents: { value: string } } | null>(
        "textDocument/hover",
        {
          textDocument: { uri: pathToFileURL(file).href },
          position: { line, character },
        },
      );
      return answer?.contents.value ?? "";
    },
    close: async () => {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      connection.dispose();
      server.kill();
    },
  };
}
