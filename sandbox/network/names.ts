/** Name below /run/netns of an instance's own network: the bridge and nothing else. */
export function networkNamespace(number: number): string {
  return `team-runtime-${String(number)}`;
}

/** Name below /run/netns of the place where connections from the host to machines arrive. */
export function entranceNamespace(number: number): string {
  return `${networkNamespace(number)}-entrance`;
}

/** Name below /run/netns of one machine's network. */
export function machineNamespace(number: number, id: number): string {
  return `${networkNamespace(number)}-${String(id)}`;
}

/** The host's end of the cable to an instance's entrance; interface names have at most 15 characters (IFNAMSIZ). */
export function hostLink(number: number): string {
  return `sandbox-${String(number)}`;
}

/** The bridge's end of a machine's cable. */
export function machineLink(id: number): string {
  return `m${String(id)}`;
}
