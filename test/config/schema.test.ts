import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { teamFileJsonSchema } from "../../config/json-schema";
import { readPublicKey } from "../../config/keys";
import { loadTeam } from "../../config/load";
import { projectRoot } from "../../config/project-root";
import { throwawayFingerprints } from "../../config/throwaway-keys";
import { now, parse } from "./sample";

test("config/team.schema.json is fresh; if not, run npm run schema", () => {
  expect(readFileSync(join(projectRoot, "config", "team.schema.json"), "utf8")).toBe(teamFileJsonSchema());
});

test("every part of the schema has a description for editors", () => {
  const undocumented: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const isSchema = !path.endsWith("/properties");
    if (isSchema && "type" in node && !("description" in node)) undocumented.push(path);
    for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
  };
  visit(JSON.parse(teamFileJsonSchema()), "");
  expect(undocumented).toEqual([]);
});

describe("the throw-away keys", () => {
  const laptops = join(projectRoot, "sandbox", "laptops");
  const publicKeys = readdirSync(laptops).filter((file) => file.endsWith(".pub"));

  test("that are refused are exactly those in sandbox/laptops", () => {
    const fingerprints = publicKeys.map((file) => {
      const reading = readPublicKey(readFileSync(join(laptops, file), "utf8").trim());
      return [file.slice(0, -".pub".length), reading.ok ? reading.value.fingerprint : "not a key"];
    });
    expect(throwawayFingerprints).toEqual(Object.fromEntries(fingerprints));
  });

  test("are refused in a team file by default, and accepted in the sandbox", () => {
    const text = readFileSync(join(projectRoot, "team.dev.yaml"), "utf8");
    const refused = parse(text);
    expect(refused.ok ? [] : refused.problems.map(({ sentence }) => sentence.slice(-80))).toEqual(
      Array.from(
        { length: 3 },
        () =>
          expect.stringContaining(
            "throw-away key of the local sandbox: everybody has its private half.",
          ) as unknown,
      ),
    );
    expect(parse(text, { throwawayKeys: "allowed" })).toMatchObject({ ok: true, warnings: [] });
  });
});

describe("loading a file", () => {
  const folder = projectRoot;

  test("the committed team", () => {
    const { team } = loadTeam(join(folder, "team.dev.yaml"), { now, throwawayKeys: "allowed" });
    expect(team.people.map(({ login }) => login)).toEqual(["wes", "nadia", "marcus"]);
    expect(team.grants).toEqual([
      { lead: "marcus", over: "wes", mode: "attach" },
      { lead: "marcus", over: "nadia", mode: "attach" },
    ]);
  });

  test.each<[file: string, message: string]>([
    ["no-such-file.yaml", "no-such-file.yaml:1:1: (file): There is no such file. Fix: "],
    ["config", "config:1:1: (file): This is a directory, not a file. Fix: "],
    ["package.json/team.yaml", "package.json/team.yaml:1:1: (file): There is no such file. Fix: "],
  ])("%s", (file, message) => {
    expect(() => loadTeam(join(folder, file))).toThrow(join(folder, message));
  });

  test("a file without an end", () => {
    expect(() => loadTeam("/dev/zero")).toThrow("The file is larger than 1 MB");
  });
});
