/** What the API asks a driver to boot. */
export interface MachineSpec {
  /** The server's id in the API; the machine's disk is kept under it. */
  readonly id: number;
  /** The server's name; becomes the hostname. */
  readonly name: string;
  /** IPv4 address, for instance `127.77.3.11`, valid from the host and between machines. */
  readonly address: string;
  /** cloud-init user_data, exactly as given to `POST /servers`; may be empty. */
  readonly userData: string;
  /** SSH public keys for cloud-init's metadata. */
  readonly publicKeys: readonly string[];
  /** 12 = the debian-12 system image, otherwise the id of a snapshot. */
  readonly imageId: number;
}

/**
 * Boots and stops the machines behind the API's servers. Every method is safe to call again after a crash in the
 * middle: what is already done stays done. A rejected promise carries a sentence for the user.
 */
export interface MachineDriver {
  /** Address of the next machine, for instance `127.77.3.11`; never one that is in use. */
  allocateAddress(used: readonly string[]): string;
  /** Makes the disk if it does not exist and boots. Resolves when the machine's init runs. */
  start(machine: MachineSpec): Promise<void>;
  /** Orderly (`shutdown`) or at once (`poweroff`). The disk stays. */
  stop(id: number, how: "shutdown" | "poweroff"): Promise<void>;
  /** Stops the machine and deletes its disk. */
  remove(id: number): Promise<void>;
  /** Copies the disk of a machine into an image. */
  snapshot(id: number, imageId: number): Promise<void>;
  /** Deletes an image made by `snapshot`. */
  removeImage(imageId: number): Promise<void>;
}
