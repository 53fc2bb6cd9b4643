import { z } from "zod";
import { teamFile } from "./schema";

/**
 * The JSON schema of the team file for editors: completion, descriptions, and the mistakes that show without
 * reading values. `team check` knows more.
 */
export function teamFileJsonSchema(): string {
  const schema = z.toJSONSchema(teamFile, {
    io: "input",
    target: "draft-7",
    override: ({ jsonSchema }) => {
      Object.assign(jsonSchema, jsonSchema["editor"]);
      delete jsonSchema["editor"];
      // It is about our types; in a schema it would mean that nobody may write the value.
      delete jsonSchema.readOnly;
    },
  });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
