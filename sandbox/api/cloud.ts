import type { CloudStore } from "./cloud-store";
import type { MachineDriver } from "./machine-driver";

/** What the API stands on: where its state is kept, and what boots its servers. */
export interface Cloud {
  readonly store: CloudStore;
  readonly driver: MachineDriver;
}
