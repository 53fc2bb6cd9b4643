import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostProxyFor } from "../../sandbox/proxy/host-proxy";
import { createProxy } from "../../sandbox/proxy/proxy";
import { isClosed } from "../../sandbox/proxy/public-lookup";

/** Proves where the sandbox's way out leads: by the host's own proxy if it has one, never to the host itself. */
describe("the way out", () => {
  let hostProxy: Server;
  let seen: string[];
  let port: number;

  beforeAll(async () => {
    seen = [];
    hostProxy = createServer((incoming, response) => {
      seen.push(
        `${incoming.method ?? ""} ${incoming.url ?? ""} ${incoming.headers["proxy-authorization"] ?? ""}`,
      );
      response.end("from outside");
    });
    hostProxy.on("connect", (incoming: IncomingMessage, socket: Socket) => {
      seen.push(`CONNECT ${incoming.url ?? ""} ${incoming.headers["proxy-authorization"] ?? ""}`);
      socket.end("HTTP/1.1 200 OK\r\n\r\nfrom outside");
    });
    port = await listen(hostProxy);
  });
  afterAll(() => {
    hostProxy.close();
  });

  const environment = (): NodeJS.ProcessEnv => ({
    http_proxy: `http://wes:p%40ss@127.0.0.1:${String(port)}`,
    HTTPS_PROXY: `127.0.0.1:${String(port)}`,
    no_proxy: "direct.test",
  });

  it("passes requests on to the host's proxy, with its credentials", async () => {
    expect(await get({ offline: false, environment: environment() }, "http://example.test/path?x")).toEqual({
      status: 200,
      body: "from outside",
    });
    expect(seen.pop()).toBe(`GET http://example.test/path?x Basic ${btoa("wes:p@ss")}`);
  });

  it("passes connections on to the host's proxy", async () => {
    const proxy = createProxy({ offline: false, environment: environment() });
    const connecting = request({
      port: await listen(proxy),
      method: "CONNECT",
      path: "example.test:443",
    }).end();
    const [answer, socket] = (await once(connecting, "connect")) as [IncomingMessage, Socket];
    expect(answer.statusCode).toBe(200);
    socket.destroy();
    proxy.close();
    expect(seen.pop()).toBe("CONNECT example.test:443 ");
  });

  it.each([
    "http://127.0.0.1/",
    "http://127.77.3.1:7780/v1/servers",
    "http://[::1]/",
    "http://169.254.169.254/",
  ])("refuses %s", async (url) => {
    expect((await get({ offline: false, environment: {} }, url)).status).toBe(403);
  });

  it("refuses a name that leads to this host", async () => {
    const { status, body } = await get({ offline: false, environment: {} }, "http://localhost:1/");
    expect(status).toBe(502);
    expect(body).toContain("leads to an address of this host");
  });

  it("refuses everything when offline, although the host has a proxy", async () => {
    const before = seen.length;
    expect((await get({ offline: true, environment: environment() }, "http://example.test/")).status).toBe(
      403,
    );
    expect(seen).toHaveLength(before);
  });
});

describe("addresses that machines may not reach", () => {
  it.each(["127.0.0.1", "127.77.1.11", "::1", "::ffff:127.0.0.1", "0.0.0.0", "fe80::1"])("%s", (address) => {
    expect(isClosed(address)).toBe(true);
  });
  it.each(["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"])("but %s", (address) => {
    expect(isClosed(address)).toBe(false);
  });
});

describe("the host's proxy", () => {
  it.each([
    ["http://a.test/", { http_proxy: "http://p:1" }, "http://p:1/"],
    ["https://a.test/", { http_proxy: "http://p:1" }, undefined],
    ["https://a.test/", { HTTPS_PROXY: "p:1" }, "http://p:1/"],
    ["https://a.test/", { all_proxy: "http://p:1" }, "http://p:1/"],
    ["https://a.test/", { https_proxy: "http://p:1", no_proxy: "b.test, .test" }, undefined],
    ["https://a.test/", { https_proxy: "http://p:1", no_proxy: "*" }, undefined],
    ["https://a.test/", { https_proxy: "http://p:1", no_proxy: "est" }, "http://p:1/"],
    ["https://a.test/", { https_proxy: "", HTTPS_PROXY: "" }, undefined],
  ])("%s with %o is %s", (url, environment, expected) => {
    expect(hostProxyFor(new URL(url), environment)?.href).toBe(expected);
  });
});

async function get(
  options: Parameters<typeof createProxy>[0],
  url: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const proxy = createProxy(options);
  const outgoing = request({ port: await listen(proxy), path: url }).end();
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  let body = "";
  for await (const part of answer) body += String(part);
  proxy.close();
  return { status: answer.statusCode ?? 0, body };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
