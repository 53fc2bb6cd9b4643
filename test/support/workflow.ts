import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { projectRoot } from "../../config/project-root";

const env = z.record(z.string(), z.string());
const permissions = z.record(z.string(), z.string());

const step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  if: z.string().optional(),
  env: env.optional(),
  run: z.string().optional(),
});

const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.record(z.string(), z.unknown()),
  env: env.optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string(),
      needs: z.string().optional(),
      if: z.string().optional(),
      "runs-on": z.string(),
      "timeout-minutes": z.number(),
      environment: z.string().optional(),
      permissions: permissions.optional(),
      env: env.optional(),
      steps: z.array(step),
    }),
  ),
});

export type Workflow = z.infer<typeof workflow>;
export type WorkflowStep = z.infer<typeof step>;

/** Where the workflows lie. */
export const workflowFolder = join(projectRoot, ".github", "workflows");

/** A workflow of GitHub Actions. Throws for YAML that is none, and for a field that these workflows do not use: it may be misspelt. */
export function readWorkflow(file: string): Workflow {
  const document = parseDocument(readFileSync(join(workflowFolder, file), "utf8"), {
    strict: true,
    uniqueKeys: true,
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw problem;
  return workflow.parse(document.toJS());
}
