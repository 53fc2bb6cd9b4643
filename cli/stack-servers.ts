import { z } from "zod";
import type { ServerAddress } from "../components/ssh-client-config";

/** The shape of the stack's output `servers`. */
const output = z.record(z.string(), z.object({ address: z.string(), hostKey: z.string() }));

/** What the selected stack knows of its servers, by name; or a sentence that says why it is not known. */
export type StackServers =
  | { readonly ok: true; readonly servers: ReadonlyMap<string, ServerAddress> }
  | { readonly ok: false; readonly sentence: string };

/** Reads the JSON that Pulumi prints for the output `servers`. */
export function parseStackServers(json: string): StackServers {
  const result = output.safeParse(dataIn(json));
  if (result.success) return { ok: true, servers: new Map(Object.entries(result.data)) };
  return {
    ok: false,
    sentence: "The stack's output servers does not have the form of this program. Fix: run pulumi up once.",
  };
}

function dataIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
