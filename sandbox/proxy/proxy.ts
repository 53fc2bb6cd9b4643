import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { hostProxyFor } from "./host-proxy";
import { isClosed, publicLookup } from "./public-lookup";

/** How machines may go out. */
export interface ProxyOptions {
  /** True: nothing passes, every request is answered 403. */
  readonly offline: boolean;
  /** Where the host's own proxy settings are read from. */
  readonly environment: NodeJS.ProcessEnv;
}

const offlineSentence =
  "The sandbox is offline (npm run sandbox -- --offline): machines reach nothing outside.\n";
const closedSentence = "The sandbox does not let machines reach this host itself.\n";

/** `publicLookup` answers with all addresses, which is what this setting makes Node ask for. */
const outside = { lookup: publicLookup, autoSelectFamily: true };

/**
 * The way out of the sandbox: an HTTP proxy (RFC 9110, 7.3.2 and 9.3.6: absolute-form requests and CONNECT) that passes
 * on what this host can reach, by the host's own proxy if it has one. This host's loopback addresses, and with them the
 * other sandboxes, are closed.
 */
export function createProxy(options: ProxyOptions): Server {
  const server = createServer((incoming, response) => {
    passRequest(options, incoming, response);
  });
  server.on("connect", (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    passConnection(options, incoming, client, head);
  });
  return server;
}

function passRequest(options: ProxyOptions, incoming: IncomingMessage, response: ServerResponse): void {
  const url = parseUrl(incoming.url ?? "");
  if (url?.protocol !== "http:") {
    response.writeHead(400).end("This is a proxy: it takes absolute http URLs and CONNECT.\n");
    return;
  }
  const refusal = refusalFor(options, url);
  if (refusal !== undefined) {
    response.writeHead(403).end(refusal);
    return;
  }
  const proxy = hostProxyFor(url, options.environment);
  const outgoing = request({
    host: (proxy ?? url).hostname,
    port: portOf(proxy ?? url),
    method: incoming.method,
    path: proxy === undefined ? `${url.pathname}${url.search}` : url.href,
    headers: { ...incoming.headers, ...credentials(proxy) },
    ...(proxy === undefined ? outside : {}),
  });
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end(`${error.message}\n`);
  });
  response.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function passConnection(
  options: ProxyOptions,
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
): void {
  const target = incoming.url ?? "";
  const url = parseUrl(`https://${target}`);
  client.on("error", () => undefined);
  if (url === undefined) {
    client.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    return;
  }
  const refusal = refusalFor(options, url);
  if (refusal !== undefined) {
    client.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${String(refusal.length)}\r\n\r\n${refusal}`);
    return;
  }
  const proxy = hostProxyFor(url, options.environment);
  const server = proxy === undefined ? connect({ ...endOf(url), ...outside }) : connectTo(proxy);
  const joined = (): void => {
    server.write(head);
    client.pipe(server);
    server.pipe(client);
  };
  server.once(proxy?.protocol === "https:" ? "secureConnect" : "connect", () => {
    if (proxy === undefined) {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    } else {
      // The host's proxy answers in our stead.
      const headers = Object.entries(credentials(proxy)).map(([name, value]) => `${name}: ${value}\r\n`);
      server.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${headers.join("")}\r\n`);
    }
    joined();
  });
  server.on("error", (error) => {
    client.end(`HTTP/1.1 502 Bad Gateway\r\n\r\n${error.message}\n`);
  });
  client.on("close", () => server.destroy());
  server.on("close", () => client.destroy());
}

function refusalFor(options: ProxyOptions, { hostname }: URL): string | undefined {
  if (options.offline) return offlineSentence;
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) !== 0 && isClosed(address) ? closedSentence : undefined;
}

function connectTo(proxy: URL): Socket {
  return proxy.protocol === "https:"
    ? connectTls({ ...endOf(proxy), servername: proxy.hostname })
    : connect(endOf(proxy));
}

function endOf(url: URL): { readonly host: string; readonly port: number } {
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: portOf(url) };
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function credentials(proxy: URL | undefined): Record<string, string> {
  if (proxy === undefined || proxy.username === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
