import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cliArchive, mirror, pluginArchive, unpackRelease } from "../../engine/places/releases";

// A mirror laid out as the official release site, once as a folder and once behind a web server.
let folder: string;
let site: string;
let into: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "releases-"));
  site = join(folder, "site");
  into = join(folder, "into");
  for (const directory of ["site/sdk", "site/plugins", "into", "content/pulumi"]) {
    mkdirSync(join(folder, directory), { recursive: true });
  }
  writeFileSync(join(folder, "content", "pulumi", "pulumi"), "the CLI");
  writeFileSync(join(folder, "content", "pulumi-resource-random"), "the plugin");
  execFileSync("tar", ["-czf", join(site, cliArchive), "-C", join(folder, "content"), "pulumi"]);
  execFileSync("tar", [
    "-czf",
    join(site, pluginArchive("random")),
    "-C",
    join(folder, "content"),
    "pulumi-resource-random",
  ]);
  writeSums();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function writeSums(): void {
  const lines = [cliArchive, pluginArchive("random")].map((archive) => {
    const sum = createHash("sha256")
      .update(readFileSync(join(site, archive)))
      .digest("hex");
    return `${sum}  ${archive}`;
  });
  writeFileSync(join(site, "SHA256SUMS"), `${lines.join("\n")}\n`);
}

test("an archive of the CLI is unpacked without its top folder", async () => {
  await unpackRelease(mirror(site), cliArchive, into);
  expect(readFileSync(join(into, "pulumi"), "utf8")).toBe("the CLI");
});

test("a plugin is unpacked as it is, and a URL serves as well as a folder", async () => {
  const server = createServer((request, response) => {
    response.end(readFileSync(join(site, request.url ?? "")));
  });
  const { port } = await listen(server);
  try {
    await unpackRelease(mirror(`http://127.0.0.1:${String(port)}/`), pluginArchive("random"), into);
    expect(readFileSync(join(into, "pulumi-resource-random"), "utf8")).toBe("the plugin");
  } finally {
    server.close();
  }
});

test("an archive that is not what its checksum says is refused, and nothing is unpacked", async () => {
  writeFileSync(join(site, cliArchive), "something else");
  await expect(unpackRelease(mirror(site), cliArchive, into)).rejects.toThrow("has the checksum");
  expect(() => readFileSync(join(into, "pulumi"))).toThrow();
});

test("an archive without a checksum is refused", async () => {
  writeFileSync(join(site, "SHA256SUMS"), "");
  await expect(unpackRelease(mirror(site), cliArchive, into)).rejects.toThrow("has no line for");
});

test("a place that does not have the archive says so", async () => {
  await expect(unpackRelease(mirror(site), pluginArchive("hcloud"), into)).rejects.toThrow("ENOENT");
  await expect(unpackRelease(mirror("http://127.0.0.1:1"), cliArchive, into)).rejects.toThrow("127.0.0.1:1");
});

async function listen(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return server.address() as AddressInfo;
}
