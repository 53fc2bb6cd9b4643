import { defineConfig } from "vitest/config";

// Machines take minutes, and the files of a shelf share some: one file after the other.
const onMachines = {
  globalSetup: ["test/support/shared-machines.ts"],
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 900_000,
};

/**
 * Tests of what the driver unshare does with this host, or by its means: with the driver docker they cannot be run. CI uses
 * unshare, and runs all.
 */
const aboutUnshare = [
  "test/journeys/sessions.test.ts",
  "test/machine/{debian-kernel,hardening,judges,policy,sshd}.test.ts",
  "test/sandbox/{docker,down,entrance}.test.ts",
];
const leftOut = process.env["TEAM_RUNTIME_SANDBOX_DRIVER"] === "docker" ? aboutUnshare : [];

/**
 * Three shelves. `pure` needs nothing but Node: functions, the team file, components with mocks, the local API, the stand-in
 * providers. `machines` and `journeys` boot real Debian machines in the sandbox; `npm test` runs these two side by side.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/{config,invariants,cli,components,providers,api,engine,local,docs}/**/*.test.ts"],
          // The first import of @pulumi/hcloud alone can take seconds.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "machines",
          include: ["test/{sandbox,machine}/**/*.test.ts"],
          exclude: leftOut,
          ...onMachines,
        },
      },
      {
        test: {
          name: "journeys",
          include: ["test/journeys/**/*.test.ts"],
          exclude: leftOut,
          ...onMachines,
        },
      },
    ],
  },
});
