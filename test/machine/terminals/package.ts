import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DebRelease } from "../../../config/tool";
import { projectRoot } from "../../../config/project-root";
import { gatewayAddress } from "../../../sandbox/network/addresses";
import { networkNamespace } from "../../../sandbox/network/names";
import type { TestSandbox } from "../../support/sandbox";
import { until } from "../../support/until";

/** The stand-in for all three programs. */
export const relay = join(projectRoot, "test", "machine", "terminals", "eternal-terminal");

const port = 8443;

/** Everything of the package that docs/terminals.md says of the real one. */
const files: Readonly<Record<string, string>> = {
  "DEBIAN/conffiles": "/etc/et.cfg\n",
  "DEBIAN/postinst":
    "#!/bin/sh\nset -e\nsystemctl daemon-reload\nsystemctl enable et.service\nsystemctl restart et.service\n",
  "DEBIAN/prerm": "#!/bin/sh\nset -e\nsystemctl disable --now et.service\n",
  "etc/et.cfg":
    "; et.cfg : settings of Eternal Terminal\n\n[Networking]\nport = 2022\n# bind_ip = 0.0.0.0\n\n[Debug]\nverbose = 0\ntelemetry = true\nlogdirectory = /tmp\n",
  "lib/systemd/system/et.service":
    "[Unit]\nDescription=Eternal Terminal\n\n[Service]\nExecStart=/usr/bin/etserver --cfgfile /etc/et.cfg\n\n[Install]\nWantedBy=multi-user.target\n",
};

/** Makes the package of a version. Returns its file. */
export function makePackage(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), "eternal-terminal-"));
  const tree = join(folder, "tree");
  const control = `Package: et\nVersion: ${version}-1\nArchitecture: amd64\nMaintainer: nobody <nobody@example.com>\nDepends: libprotobuf32, libsodium23, libutempter0, python3\nDescription: a relay in place of Eternal Terminal\n`;
  for (const [path, content] of Object.entries({ ...files, "DEBIAN/control": control })) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
  }
  mkdirSync(join(tree, "usr", "bin"), { recursive: true });
  for (const program of ["et", "etserver", "etterminal"]) {
    copyFileSync(relay, join(tree, "usr", "bin", program));
    chmodSync(join(tree, "usr", "bin", program), 0o755);
  }
  const file = join(folder, `et_${version}_amd64.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "--build", tree, file], { stdio: "ignore" });
  return file;
}

/** A web site inside the sandbox's network, at its gateway's address. */
export interface PackageSite {
  /** What a stack's setting says of a file that is served. */
  release(file: string): DebRelease;
  /** The certificate that a server has to trust, PEM. */
  readonly certificate: string;
  close(): void;
}

/** Serves the folder of each file over https. */
export async function servePackages(sandbox: TestSandbox, paths: readonly string[]): Promise<PackageSite> {
  const folder = mkdtempSync(join(tmpdir(), "packages-"));
  for (const path of paths) copyFileSync(path, join(folder, nameOf(path)));
  const { number } = sandbox.instance;
  const address = gatewayAddress(number);
  const certificate = join(folder, "certificate.pem");
  const key = join(folder, "key.pem");
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...[
        "-subj",
        "/CN=packages",
        "-addext",
        `subjectAltName=IP:${address}`,
        "-keyout",
        key,
        "-out",
        certificate,
      ],
    ],
    { stdio: "ignore" },
  );
  const words = [
    "s_server",
    "-quiet",
    "-WWW",
    "-accept",
    `${address}:${String(port)}`,
    "-cert",
    certificate,
    "-key",
    key,
  ];
  const network = `--net=/run/netns/${networkNamespace(number)}`;
  const server = spawn("nsenter", [network, "openssl", ...words], { cwd: folder, stdio: "ignore" });
  const ask = ["nsenter", network, "openssl", "s_client", "-connect", `${address}:${String(port)}`] as const;
  await until(
    () => Promise.resolve(answers(ask)),
    10,
    () => "The web site does not answer.",
  );
  return {
    certificate: readFileSync(certificate, "utf8"),
    release: (file) => ({
      url: `https://${address}:${String(port)}/${nameOf(file)}`,
      sha256: createHash("sha256").update(readFileSync(file)).digest("hex"),
    }),
    close: () => {
      server.kill();
    },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function answers([program, ...words]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(program, words, { input: "", stdio: ["pipe", "ignore", "ignore"] });
    return true;
  } catch {
    return false;
  }
}
