import { withoutSecrets, type RecordedResource } from "./recorder";

/** Every resource of a stack as JSON, sorted, its access documents opened: what `test/expected/` and `examples/` hold. */
export function expectedDump(resources: readonly RecordedResource[]): string {
  const dump = resources
    .map(readable)
    .sort((one, other) =>
      `${one.parent ?? ""}/${one.name}/${one.type}` < `${other.parent ?? ""}/${other.name}/${other.type}`
        ? -1
        : 1,
    );
  return `${JSON.stringify(dump, null, 2)}\n`;
}

function readable(resource: RecordedResource): RecordedResource {
  const inputs = withoutSecrets(resource.inputs) as Record<string, unknown>;
  const { stdin } = inputs;
  const shown =
    typeof stdin === "string" && stdin.startsWith("{")
      ? { ...inputs, stdin: JSON.parse(stdin) as unknown }
      : inputs;
  return { ...resource, inputs: withoutVersions(shown) };
}

/** The host software changes often and is reviewed as itself. */
function withoutVersions(inputs: Record<string, unknown>): Record<string, unknown> {
  return "hostSoftware" in inputs ? { ...inputs, hostSoftware: "[version]" } : inputs;
}
