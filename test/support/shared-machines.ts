import { journeysVariable } from "./journeys-instance";

/** Before the tests on machines: names the sandbox instance that the journeys of this run share. */
export function setup(): void {
  process.env[journeysVariable] = `journeys-${String(process.pid)}`;
}

/** After them: takes its machines away. */
export async function teardown(): Promise<void> {
  const { endDevelopmentTeam } = await import("./team.js");
  await endDevelopmentTeam();
}
