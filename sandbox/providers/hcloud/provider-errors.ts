import { PartlyCreatedError, type Operation } from "../protocol/resource";

/**
 * Runs an operation and reports its failure as the official plugin does: once as a message with the plugin's version,
 * once as the operation's error.
 */
export async function reportingFailure<T>(
  verb: "creating" | "updating" | "deleting",
  { urn, log }: Operation,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.error(` ${message}: provider=hcloud@1.35.0`);
    const reported = `${verb} ${urn}: 1 error occurred:\n\t* ${message}\n\n`;
    throw error instanceof PartlyCreatedError
      ? new PartlyCreatedError(error.id, error.outputs, reported)
      : new Error(reported, { cause: error });
  }
}

/** What an update of something that was deleted outside Pulumi says. */
export function goneError(urn: string): Error {
  return new Error(
    `Resource provider reported that the resource did not exist while updating ${urn}.\n\n` +
      "This is usually a result of the resource having been deleted outside of Pulumi, and can often be fixed by " +
      "running `pulumi refresh` before updating.",
  );
}

/** Finishes the creation of something that exists already: a failure is reported together with it. */
export async function finishing<T>(id: string, outputs: object, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new PartlyCreatedError(id, { ...outputs }, error instanceof Error ? error.message : String(error));
  }
}
