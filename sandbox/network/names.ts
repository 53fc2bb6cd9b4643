/** Name below /run/netns of an instance's own network: the bridge and nothing else. */
export function networkNamespace(number: number): string {
  return `team-runtime-${String(number)}`;
}

/** Name below /run/netns of one machine's network. */
export function machineNamespace(number: number, id: number): string {
  return `${networkNamespace(number)}-${String(id)}`;
}

/** The bridge's end of a machine's cable; interface names have at most 15 characters (IFNAMSIZ). */
export function machineLink(id: number): string {
  return `m${String(id)}`;
}
