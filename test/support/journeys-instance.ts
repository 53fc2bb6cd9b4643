/** Environment variable that tells the test processes of one run which sandbox instance they share. */
export const journeysVariable = "TEAM_RUNTIME_JOURNEYS";

/** Name of that instance; each run of the tests has one of its own beside the clone's. */
export function journeysInstance(): string {
  const name = process.env[journeysVariable];
  if (name === undefined)
    throw new Error(`${journeysVariable} is not set: test/support/shared-machines.ts sets it.`);
  return name;
}
