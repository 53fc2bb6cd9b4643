import { UserError } from "../../engine/user-error";
import { jsonFileStore } from "../api/cloud-store";
import type { Server } from "../api/cloud-state";
import { cloudFile, type Instance } from "../instance/instance";

/** A server of the local Hetzner by its name; an unknown name is told which there are. */
export function findServer(instance: Instance, name: string): Server {
  const { servers } = jsonFileStore(cloudFile(instance)).read();
  const server = servers.find((candidate) => candidate.name === name);
  if (server !== undefined) return server;
  const there = servers.map((candidate) => candidate.name).sort();
  throw new UserError(
    `The sandbox has no server ${name}. ${there.length === 0 ? "It has none at all." : `It has ${there.join(", ")}.`}`,
  );
}
