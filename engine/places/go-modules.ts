import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { run } from "../run";
import { cliVersion } from "../versions";

/** Without it `pulumi version` is empty and the engine's version checks fail. */
const versionFlag = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${cliVersion}`;

/**
 * Builds the CLI from its Go module, pinned by the committed `engine/cli/go.sum`. Takes some minutes, once.
 *
 * @param into An existing folder for the binary.
 * @throws Error with the reason, in words.
 */
export async function buildCliFromGoModule(into: string): Promise<void> {
  const go = await run("go", ["version"]);
  if (go.code !== 0) throw new Error("Go is not installed");
  const built = await run(
    "go",
    [
      "build",
      "-trimpath",
      "-mod=readonly",
      "-tags=osusergo",
      `-ldflags=-s -w ${versionFlag}`,
      "-o",
      join(into, "pulumi"),
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ],
    { cwd: join(projectRoot, "engine", "cli"), env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" } },
  );
  if (built.code !== 0) throw new Error(`go build failed: ${lastLines(built.stderr)}`);
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" ");
}
