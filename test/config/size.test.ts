import { describe, expect, test, vi } from "vitest";
import { renderAccessDocument } from "../../components/access-document";
import { formatDocument } from "../../components/canonical-json";
import { plan } from "../../config/plan";
import { parse, teamOf, textLedByOne } from "./sample";

// Figures are printed and not asserted, so that a busy machine fails nothing.
vi.setConfig({ testTimeout: 300_000 });

describe.each([1, 15, 200])("a team of %i, with a lead over all others", (size) => {
  test("gives a server for each and one document for each server", () => {
    const text = textLedByOne(size);
    const started = performance.now();
    const { servers } = plan(teamOf(text));
    const documents = servers.map((server) =>
      formatDocument(renderAccessDocument(server, { hopKeys: new Map(), addresses: new Map() })),
    );
    process.stdout.write(
      `figure: ${size} people from text to documents: ${(performance.now() - started).toFixed(0)} ms\n`,
    );
    expect(documents).toHaveLength(size);
    expect(servers.find(({ name }) => name === "dev-person-0")?.leads?.[0]?.servers ?? []).toHaveLength(
      size - 1,
    );
    expect(servers.filter(({ grants }) => grants.length === 1)).toHaveLength(size - 1);
  });
});

/** Files that once took minutes, or the process with them. They are within 1 MB and must be refused while somebody waits. */
describe.each<[what: string, text: string]>([
  ["45,000 people", `people:\n${Array.from({ length: 45_000 }, (_, index) => `  p${index}: {}\n`).join("")}`],
  [
    "30,000 grants",
    `grants:\n${Array.from({ length: 30_000 }, (_, index) => `- { lead: a${index}, over: b }\n`).join("")}`,
  ],
  ["65,000 tokens", "- ghp_aaaaaaaa\n".repeat(65_000)],
  ["35,000 beginnings of private keys", "-----BEGIN PRIVATE KEY-----\n".repeat(35_000)],
  ["250,000 beginnings of web tokens", "-eyJ".repeat(250_000)],
  ["300,000 invisible characters", "\u200b".repeat(300_000)],
  ["140,000 anchors", "- &a a\n".repeat(140_000)],
  ["140,000 duplicates", "wes: a\n".repeat(140_000)],
  ["480,000 brackets", "[".repeat(480_000)],
  ["a line of spaces", `people:\n${" ".repeat(900_000)}wes: {}\n`],
])("%s", (_what, text) => {
  test("are refused", () => {
    const started = performance.now();
    expect(parse(text).ok).toBe(false);
    process.stdout.write(`figure: refused after ${(performance.now() - started).toFixed(0)} ms\n`);
  });
});
