import type { Enclave } from "../enclaves";
import type { PersonalKey } from "../keys";
import type { Limits } from "../limits";
import type { GrantMode, KeyPolicy } from "../schema";
import type { Grant, Person } from "../team";
import type { TerminalName } from "../terminals";

/** One thing that is different between two versions of a team file, as a reviewer thinks of it. Login names throughout. */
export type Change = (PersonChange | KeyChange | EntryChange | GrantChange | PolicyChange) & {
  /** Where those people of the change are who share a server, by login; everybody else is on their own. */
  readonly shared?: Readonly<Record<string, string>>;
};

export type PersonChange =
  | {
      readonly kind: "joined";
      readonly login: string;
      readonly uid: number;
      readonly keys: readonly ShownKey[];
      readonly server: Person["server"];
      readonly agents: readonly string[];
    }
  /** Had left and is active again. `server: new` when theirs was destroyed. */
  | {
      readonly kind: "returned";
      readonly login: string;
      readonly keys: readonly ShownKey[];
      readonly server: "kept" | "new";
    }
  | {
      readonly kind: "left";
      readonly login: string;
      readonly on: string;
      readonly server: "kept" | "destroyed";
    }
  /** To another server, by the two names. Grants over the person end and begin along with it. */
  | { readonly kind: "moved"; readonly login: string; readonly from: string; readonly to: string }
  /** The entry is gone, without `left`. `was`: what the person was before. */
  | {
      readonly kind: "vanished";
      readonly login: string;
      readonly uid: number;
      readonly was: Person["standing"]["state"];
    }
  /** Of a leaver on a shared server that stays, because others are on it. */
  | { readonly kind: "accounts removed"; readonly login: string }
  /** `was: active`: without the step in between, in which the server is kept. */
  | {
      readonly kind: "server destroyed";
      readonly login: string;
      readonly was: "active" | "left";
      /** Whether a snapshot of its disk is made before and kept. */
      readonly snapshot: boolean;
    }
  /** The last disk of a destroyed server is not kept any more. */
  | { readonly kind: "snapshot deleted"; readonly login: string }
  /** Somebody who has left and has no server gets one. */
  | { readonly kind: "locked server made"; readonly login: string }
  /** An entry whose only purpose is to keep a uid. */
  | { readonly kind: "uid reserved"; readonly login: string; readonly uid: number }
  | {
      readonly kind: "day of leaving changed";
      readonly login: string;
      readonly before: string;
      readonly after: string;
    };

/** A key, as `ssh-keygen -l` shows it. */
export interface ShownKey extends Pick<PersonalKey, "type" | "fingerprint" | "enclave"> {
  /** Whose key it was before: whoever holds its private half is then that person. */
  readonly formerOwner?: string;
}

export type KeyChange =
  | { readonly kind: "key added"; readonly login: string; readonly key: ShownKey }
  | { readonly kind: "key removed"; readonly login: string; readonly key: ShownKey }
  /** The owner says something else of where the private half lives. `key` is the key as it is said to be now. */
  | {
      readonly kind: "enclave changed";
      readonly login: string;
      readonly key: ShownKey;
      readonly before?: Enclave;
      readonly after?: Enclave;
    };

/** Of the team as a whole. */
export type PolicyChange =
  | { readonly kind: "key policy changed"; readonly before: KeyPolicy; readonly after: KeyPolicy }
  | { readonly kind: "terminal changed"; readonly before: TerminalName; readonly after: TerminalName };

/** Changes of an entry that leave the access as it is. */
export type EntryChange =
  | { readonly kind: "uid changed"; readonly login: string; readonly before: number; readonly after: number }
  | {
      readonly kind: "server type changed";
      readonly login: string;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly kind: "image changed";
      readonly login: string;
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: "backups changed"; readonly login: string; readonly after: boolean }
  | {
      readonly kind: "tools changed";
      readonly login: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | {
      readonly kind: "limits changed";
      readonly login: string;
      readonly before: Limits;
      readonly after: Limits;
    }
  /** Addresses. One that is removed stays on the server. */
  | {
      readonly kind: "repositories changed";
      readonly login: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** How the agent commits and by what it gets into git hosts, in words. */
  | {
      readonly kind: "git changed";
      readonly login: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | {
      readonly kind: "name changed";
      readonly login: string;
      readonly before?: string;
      readonly after?: string;
    };

/** Changes of grants that are in force, and one kind for those that have ended and give no access any more. */
export type GrantChange =
  | { readonly kind: "grant added"; readonly grant: Grant }
  | { readonly kind: "grant removed"; readonly grant: Grant }
  | ({ readonly kind: "mode changed"; readonly before: GrantMode; readonly after: GrantMode } & Pair)
  | ({ readonly kind: "end changed"; readonly before?: string; readonly after?: string } & Pair)
  | ({ readonly kind: "reason changed"; readonly before?: string; readonly after?: string } & Pair)
  | ({ readonly kind: "ended grant edited"; readonly edit: "added" | "removed" | "changed" } & Pair);

interface Pair {
  readonly lead: string;
  readonly over: string;
}
