import type * as command from "@pulumi/command";

/**
 * Resolves when all these Commands have run. The engine is not told of it as a dependency of each tools Command on each
 * access Command: that would be the square of the number of servers in the state.
 */
export async function haveRun(commands: readonly command.remote.Command[]): Promise<void> {
  await Promise.all(
    commands.map(
      ({ urn }) =>
        new Promise<void>((resolve) => {
          urn.apply(() => {
            resolve();
          });
        }),
    ),
  );
}
