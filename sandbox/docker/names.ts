/** Label of everything that a sandbox has in Docker; its value is the path of the instance's directory. */
export const instanceLabel = "team-runtime.sandbox";

/** Filter of `docker … ls` for all that an instance has. */
export function instanceFilter(directory: string): string {
  return `label=${instanceLabel}=${directory}`;
}

export function networkName(number: number): string {
  return `team-runtime-${String(number)}`;
}

export function containerName(number: number, id: number): string {
  return `team-runtime-${String(number)}-${String(id)}`;
}

/** The server's id of a container by its name. */
export function serverOfContainer(name: string): number {
  return Number(name.slice(name.lastIndexOf("-") + 1));
}

export function snapshotName(number: number, imageId: number): string {
  return `team-runtime-snapshot-${String(number)}:${String(imageId)}`;
}
