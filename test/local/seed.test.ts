import { describe, expect, it } from "vitest";
import { extraCertificates } from "../../sandbox/machine/certificates";
import { hostLayerFiles } from "../../sandbox/machine/host-layer";
import { seedFiles } from "../../sandbox/machine/seed";

const certificate = (name: string): string =>
  `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;

/** Proves what a machine is told from outside: by cloud-init's seed, and of the host that it runs on. */
describe("the seed of a machine", () => {
  it("has the server's name and keys as metadata, and user_data byte by byte", () => {
    const files = seedFiles({
      id: 101,
      name: "dev-wes",
      address: "127.77.1.11",
      userData: "#cloud-config\n\tä\n",
      publicKeys: ["ssh-ed25519 AAAA wes: \"'"],
      imageId: 12,
    });
    expect(files["user-data"]).toBe("#cloud-config\n\tä\n");
    expect(JSON.parse(files["meta-data"] ?? "")).toEqual({
      "instance-id": "101",
      "local-hostname": "dev-wes",
      "public-keys": ["ssh-ed25519 AAAA wes: \"'"],
    });
  });
});

describe("the host's layer", () => {
  const files = hostLayerFiles("127.77.3.1", { npm_config_registry: "http://registry.test/" }, "bundle\n", [
    certificate("own"),
  ]);

  it("leads apt, logins and services to the sandbox's proxy", () => {
    expect(files["etc/apt/apt.conf.d/95sandbox-proxy"]).toContain('http::Proxy "http://127.77.3.1:3128";');
    expect(files["etc/environment"]).toContain("https_proxy=http://127.77.3.1:3128\n");
    expect(files["etc/environment"]).toContain("npm_config_registry=http://registry.test/\n");
    expect(files["etc/systemd/system.conf.d/sandbox.conf"]).toContain('"http_proxy=http://127.77.3.1:3128"');
  });

  it("adds the host's certification authorities to the image's bundle, and for its next rebuild", () => {
    expect(files["etc/ssl/certs/ca-certificates.crt"]).toBe(`bundle\n${certificate("own")}\n`);
    const kept = Object.keys(files).filter((path) => path.startsWith("usr/local/share/ca-certificates/"));
    expect(kept.map((path) => files[path])).toEqual([`${certificate("own")}\n`]);
  });

  it("takes only certificates that the image lacks, each once", () => {
    const image = `${certificate("known")}\n`;
    const host = `# text\n${certificate("known")}\n${certificate("own")}\n`;
    expect(extraCertificates(image, [host, host, ""])).toEqual([certificate("own")]);
  });
});
