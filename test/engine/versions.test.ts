import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { cliVersion, pluginFolder, pluginVersions } from "../../engine/versions";

const read = (...path: string[]): string => readFileSync(join(projectRoot, ...path), "utf8");
const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };

test("the SDK is of the CLI's version", () => {
  expect(dependencies["@pulumi/pulumi"]).toBe(cliVersion);
});

test.each(Object.entries(pluginVersions))(
  "the plugin %s is of its npm package's version",
  (name, version) => {
    expect(dependencies[`@pulumi/${name}`]).toBe(version);
  },
);

test("the Go module pins the same version", () => {
  expect(read("engine", "cli", "go.mod")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${cliVersion}`);
});

test("a plugin's folder has the name that the engine looks for", () => {
  expect(pluginFolder("hcloud")).toBe("resource-hcloud-v1.35.0");
});
