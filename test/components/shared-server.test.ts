import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { diff } from "../../cli/diff";
import { formatAccessText } from "../../cli/access-text";
import { accessMatrix } from "../../config/access/matrix";
import { loadTeam } from "../../config/load";
import { accessRows } from "../../invariants/access-rows";
import { brokenInvariants } from "../../invariants/index";
import { notKnown, type Resource, type StackResources } from "../../invariants/resource";
import { now } from "../config/sample";
import type { RecordedProgram } from "../support/record-program";
import { exampleFile, recordExample } from "../support/recorded-example";

/** The training team of `examples/`: four people on one server, and what the program makes of it. */
const example = (name: string): string => exampleFile("training", name);
let recorded: RecordedProgram;

beforeAll(async () => {
  recorded = await recordExample("training", "training");
});

afterAll(() => {
  vi.useRealTimers();
});

test("the names of the resources: one server with all that is on it, whoever works there", () => {
  const shared = recorded.resources
    .map(({ type, name }) => `${type} ${name}`)
    .filter((line) => line.includes("dev-training"));
  expect(shared.sort()).toMatchInlineSnapshot(`
    [
      "command:remote:Command dev-training-access",
      "command:remote:Command dev-training-boot",
      "command:remote:Command dev-training-identity",
      "command:remote:Command dev-training-sessions",
      "command:remote:Command dev-training-tools",
      "command:remote:Command dev-training-workplaces",
      "hcloud:index/server:Server dev-training",
      "random:index/randomBytes:RandomBytes dev-training-one-time-host-key",
      "random:index/randomPassword:RandomPassword dev-training-console",
      "team-runtime:index:AgentUser dev-training/amir-agent",
      "team-runtime:index:AgentUser dev-training/bea-agent",
      "team-runtime:index:AgentUser dev-training/chen-agent",
      "team-runtime:index:AgentUser dev-training/dora-agent",
      "team-runtime:index:DevServer dev-training",
      "team-runtime:index:HumanUser dev-training/amir",
      "team-runtime:index:HumanUser dev-training/bea",
      "team-runtime:index:HumanUser dev-training/chen",
      "team-runtime:index:HumanUser dev-training/dora",
      "team-runtime:index:LeadGrant dev-training/lead-amir/bea-agent",
      "team-runtime:index:LeadGrant dev-training/lead-tess/amir-agent",
      "team-runtime:index:LeadGrant dev-training/lead-tess/bea-agent",
      "team-runtime:index:LeadGrant dev-training/lead-tess/chen-agent",
      "team-runtime:index:LeadGrant dev-training/lead-tess/dora-agent",
    ]
  `);
});

test("the server says who is on it in a preview, and not at Hetzner", () => {
  const inputs = (type: string): unknown =>
    recorded.resources.find((one) => one.type === type && one.name === "dev-training")?.inputs;
  expect(inputs("team-runtime:index:DevServer")).toMatchObject({ people: ["amir", "bea", "chen", "dora"] });
  expect(inputs("hcloud:index/server:Server")).toMatchObject({
    labels: { "managed-by": "team-runtime", shared: "true" },
  });
});

test("they keep every invariant, protection included", () => {
  expect(brokenInvariants(recorded.stack)).toEqual([]);
  const servers = recorded.resources.filter(({ type }) => type === "hcloud:index/server:Server");
  expect(servers.map(({ name, protect }) => [name, protect])).toEqual([
    ["dev-tess", true],
    ["dev-training", true],
  ]);
});

/** What test/invariants/broken.test.ts cannot do to the development team, which shares nothing. */
test.each<[how: string, at: string, invariant: string, change: (text: string) => string]>([
  [
    "one of the people acts as another one's agent, and no grant shows it",
    "dev-training-access",
    "leads-are-there-by-a-grant",
    (text) =>
      text.replace(
        '"amir as amir-agent"',
        '"amir as chen-agent": "amir ALL=(chen-agent) NOPASSWD:NOSETENV: ALL",\n    "amir as amir-agent"',
      ),
  ],
  [
    "a grant of one of the people is shown, and not in force",
    "dev-training-access",
    "leads-are-there-by-a-grant",
    (text) => text.replace(/ *"amir as bea-agent": .*\n/, ""),
  ],
  [
    "somebody works on the own server of another",
    "dev-tess-access",
    "accounts-follow-the-rule",
    (text) =>
      text.replace(
        '"tess": {\n      "kind"',
        '"eve": { "kind": "human", "role": "owner", "state": "active", "uid": 3000 },\n    "tess": {\n      "kind"',
      ),
  ],
])("it is found when %s", (_how, at, invariant, change) => {
  const broken = changedAt(at, (inputs) => {
    const [before, after] = [String(inputs["stdin"]), change(String(inputs["stdin"]))];
    if (before === after) throw new Error("Nothing is changed.");
    return { ...inputs, stdin: after };
  });
  expect(brokenInvariants(broken).map((found) => [found.invariant.name, found.resource])).toEqual([
    [invariant, at],
  ]);
});

test.each<[how: string, change: Readonly<Record<string, unknown>>]>([
  ["nobody says whose a server is", { people: undefined }],
  ["a shared server is said to be somebody's own", { owner: "amir" }],
])("it is found when %s", (_how, change) => {
  const broken = changedAt(
    "dev-training",
    (inputs) => ({ ...inputs, ...change }),
    "team-runtime:index:DevServer",
  );
  const names = brokenInvariants(broken).map((found) => found.invariant.name);
  expect(names).toContain("servers-are-named-after-their-person");
});

function changedAt(
  name: string,
  change: (inputs: Resource["inputs"]) => Resource["inputs"],
  type?: string,
): StackResources {
  return {
    ...recorded.stack,
    resources: recorded.stack.resources.map((resource) =>
      resource.name === name && (type === undefined || resource.type === type)
        ? { ...resource, inputs: change(resource.inputs) }
        : resource,
    ),
  };
}

test("they give the access of the team file: by the literal lines, and by what a preview shows before these are known", async () => {
  const { team } = loadTeam(example("team.yaml"), { now });
  const matrix = accessMatrix(team, now);
  expect(accessRows(recorded.stack, now)).toEqual(matrix.rows);
  expect(accessRows(withoutDocuments(recorded.stack), now)).toEqual(matrix.rows);
  await expect(formatAccessText(matrix, now)).toMatchFileSnapshot(example("access.txt"));
});

test("the end of the training is what examples/training/diff.txt says", async () => {
  let printed = "";
  const terminal = {
    print: (text: string) => {
      printed += text;
    },
    complain: () => undefined,
  };
  const [before, after] = [example("team.yaml"), example("team.next.yaml")];
  expect(diff({ before, after, defaultPath: "team.dev.yaml", format: "text", now }, terminal)).toBe(1);
  await expect(printed).toMatchFileSnapshot(example("diff.txt"));
});

/** The stack as a preview shows it when the leads' keys are not made yet. */
function withoutDocuments(stack: StackResources): StackResources {
  const hide = ({ inputs, ...rest }: Resource): Resource => ({
    ...rest,
    inputs: { ...inputs, stdin: notKnown },
  });
  return {
    ...stack,
    resources: stack.resources.map((resource) =>
      resource.name.endsWith("-access") ? hide(resource) : resource,
    ),
  };
}
