import { defineConfig } from "vitest/config";

// Machines take minutes, and the files of a shelf share some: one file after the other.
const onMachines = {
  globalSetup: ["test/support/shared-machines.ts"],
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 900_000,
};

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
          ...onMachines,
        },
      },
      {
        test: {
          name: "journeys",
          include: ["test/journeys/**/*.test.ts"],
          ...onMachines,
        },
      },
    ],
  },
});
