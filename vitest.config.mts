import { defineConfig } from "vitest/config";

/**
 * Two shelves. `pure` needs nothing but Node: functions, the team file, components with mocks, the local API, the stand-in
 * providers. `machines` boots real Debian machines in the sandbox, one file after the other, since they share two or three.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/{config,cli,components,providers,api,engine,local}/**/*.test.ts"],
          // The first import of @pulumi/hcloud alone can take seconds.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "machines",
          include: ["test/{sandbox,machine,journeys}/**/*.test.ts"],
          globalSetup: ["test/support/shared-machines.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
