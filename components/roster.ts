import * as pulumi from "@pulumi/pulumi";
import type { Roster } from "../config/roster";

/**
 * Reads the roster that this stack exported when it was last applied, so that a person cannot vanish from the file
 * without a trace (docs/decisions/leavers-stay-in-the-file.md).
 *
 * @returns `undefined` for a stack that was never applied.
 */
export async function previousRoster(): Promise<Roster | undefined> {
  const self = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference("last-applied", { name: self });
  const details = await reference.getOutputDetails("roster");
  return details.value as Roster | undefined;
}
