import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { exampleTeam, publicKeyOf } from "../support/example-team";
import { figure } from "../support/figure";
import { recordResources } from "../support/recorder";
import { throwAwayKey } from "../support/throw-away-key";

/** Proves that the number of resources grows with the team and not faster, and prints what the program itself takes. */
test("fifteen people are fifteen servers with a handful of resources each", async () => {
  const folder = mkdtempSync(join(tmpdir(), "growth-"));
  try {
    const teamFile = join(folder, "team.yaml");
    writeFileSync(teamFile, exampleTeam(15));
    pulumi.runtime.setAllConfig({
      "hcloud:token": "x1".repeat(32),
      "team-runtime:deployKey": throwAwayKey("deploy").privateKey,
      "team-runtime:teamFile": teamFile,
    });
    const recorded = await recordResources("growth", ({ name }) => ({
      ipv4Address: "192.0.2.1",
      base64: Buffer.alloc(32, 7).toString("base64"),
      bcryptHash: "hash",
      stdout: publicKeyOf(name),
    }));
    const { default: program } = (await import("../../index.js")) as { default: () => Promise<unknown> };
    const started = performance.now();
    await program();
    await pulumi.runtime.disconnect();
    figure("the program with 15 people, in mocks", `${((performance.now() - started) / 1000).toFixed(2)} s`);
    const types = recorded().map(({ type }) => type);
    const count = (type: string): number => types.filter((found) => found === type).length;
    expect(count("hcloud:index/server:Server")).toBe(15);
    expect(count("team-runtime:index:LeadGrant")).toBe(14);
    // identity, boot, access, sessions, workplaces and tools for each; hop and peers for the one who leads.
    expect(count("command:remote:Command")).toBe(15 * 6 + 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
