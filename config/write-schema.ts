import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { teamFileJsonSchema } from "./json-schema";
import { projectRoot } from "./project-root";

/** Where the first line of a team file points. */
const target = join(projectRoot, "config", "team.schema.json");

// An editor that reads the file meanwhile must not see half of it.
writeFileSync(`${target}.new`, teamFileJsonSchema());
renameSync(`${target}.new`, target);
process.stdout.write("Wrote config/team.schema.json.\n");
