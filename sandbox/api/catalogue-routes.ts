import { Hono } from "hono";

import { datacenterNames, locations, serverTypes, type ServerType } from "./catalogue";
import { findById, pathId } from "./find";
import { listResponse } from "./list";

/** `GET /server_types`, by id or with `?name=`. */
export function serverTypeRoutes(): Hono {
  const all = serverTypes.map(serverTypeResponse);
  const routes = new Hono();
  routes
    .get("/", (context) => listResponse(context, "server_types", all))
    .get("/:id", (context) => {
      const id = pathId(context, "server type");
      return context.json({ server_type: findById(all, id, "server type") });
    });
  return routes;
}

/** `GET /locations`, by id or with `?name=`. */
export function locationRoutes(): Hono {
  const routes = new Hono();
  routes
    .get("/", (context) => listResponse(context, "locations", locations))
    .get("/:id", (context) => {
      const id = pathId(context, "location");
      return context.json({ location: findById(locations, id, "location") });
    });
  return routes;
}

/** A server type as the API shows it. Prices are not known here and left out. */
export function serverTypeResponse(serverType: ServerType) {
  return {
    id: serverType.id,
    name: serverType.name,
    description: serverType.name.toUpperCase(),
    cores: serverType.cores,
    memory: serverType.memory,
    disk: serverType.disk,
    architecture: "x86",
    cpu_type: "shared",
    storage_type: "local",
    category: "Shared vCPU",
    deprecated: false,
    deprecation: null,
    prices: [],
    locations: locations.map(({ id, name }) => ({
      id,
      name,
      available: true,
      recommended: true,
      deprecation: null,
    })),
  };
}

/** The location of a server or volume as the API shows it. */
export function locationResponse(name: string) {
  return locations.find((location) => location.name === name) ?? null;
}

/** The data centre of a server as the API shows it. */
export function datacenterResponse(locationName: string) {
  const name = datacenterNames[locationName] ?? locationName;
  return {
    id: 1,
    name,
    description: name,
    location: locationResponse(locationName),
    server_types: { supported: [], available: [], available_for_migration: [] },
  };
}
