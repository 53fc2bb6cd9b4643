import * as pulumi from "@pulumi/pulumi";
import type { Roster } from "../config/roster";

/** What this stack exported when it was last applied. */
export interface LastApplied {
  /** So that a person cannot vanish from the file without a trace (docs/decisions/leavers-stay-in-the-file.md). */
  readonly roster?: Roster;
  /** Hetzner's number of each server, those among them whose last disk is kept. By name. */
  readonly serverIds: ReadonlyMap<string, number>;
}

/** Reads it; empty for a stack that was never applied. */
export async function lastApplied(): Promise<LastApplied> {
  const self = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference("last-applied", { name: self });
  const [roster, serverIds] = await Promise.all([
    reference.getOutputDetails("roster"),
    reference.getOutputDetails("serverIds"),
  ]);
  return {
    ...(roster.value === undefined ? {} : { roster: roster.value as Roster }),
    serverIds: new Map(
      Object.entries((serverIds.value ?? {}) as Readonly<Record<string, string>>).map(([name, id]) => [
        name,
        Number(id),
      ]),
    ),
  };
}
