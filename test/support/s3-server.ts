import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../engine/cache";
import { projectRoot } from "../../config/project-root";
import { run } from "../../engine/run";
import { freePort } from "./free-port";
import { until } from "./until";

/** A store that speaks S3, on this machine, for one test. */
export interface S3Server {
  /** What `pulumi login` takes. */
  readonly backend: string;
  /** Credentials, of which the store asks only that there are some. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

const bucket = "team-state";

/** Starts gofakes3, built from the Go module that `test/s3/go.sum` pins, with an empty bucket. */
export async function startS3Server(): Promise<S3Server> {
  const program = await ensureProgram();
  const host = `127.0.0.1:${String(await freePort())}`;
  const server = spawn(program, ["-backend", "memory", "-initialbucket", bucket, "-host", host, "-quiet"], {
    stdio: "ignore",
  });
  await until(
    async () => (await fetch(`http://${host}/${bucket}`).catch(() => undefined))?.ok === true,
    20,
    () => "The S3 server does not answer.",
  );
  return {
    backend: `s3://${bucket}?region=us-east-1&endpoint=${host}&disableSSL=true&s3ForcePathStyle=true`,
    environment: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    close: () => {
      server.kill();
    },
  };
}

async function ensureProgram(): Promise<string> {
  const module = join(projectRoot, "test", "s3");
  const version = createHash("sha256")
    .update(readFileSync(join(module, "go.sum")))
    .digest("hex")
    .slice(0, 12);
  const directory = cacheDirectory("s3-server", version);
  const program = join(directory, "gofakes3");
  if (existsSync(program)) return program;
  mkdirSync(directory, { recursive: true });
  const words = [
    "build",
    "-trimpath",
    "-mod=readonly",
    "-o",
    program,
    "github.com/johannesboyne/gofakes3/cmd/gofakes3",
  ];
  const built = await run("go", words, {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
  });
  if (built.code !== 0) throw new Error(`go build failed: ${built.stderr}`);
  return program;
}
