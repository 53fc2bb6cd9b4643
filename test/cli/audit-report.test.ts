import { describe, expect, test } from "vitest";
import { auditExitCode, formatAudit, formatAuditJson, type ServerAudit } from "../../cli/audit-report";

const finding = { kind: "leftover", item: "/tmp/.x", sentence: "is a socket.", fix: "Remove it." } as const;

function audited(state: ServerAudit["state"], fields: Partial<ServerAudit> = {}): ServerAudit {
  const findings = state === "clean" ? [] : [finding];
  return { server: `dev-${state}`, state, seconds: 1.5, repaired: [], findings, ...fields };
}

describe("the exit code", () => {
  test.each([
    [["clean", "clean"], 0],
    [["clean", "drift"], 1],
    [["unreachable", "clean"], 3],
    [["drift", "unreachable", "drift"], 3],
    [[], 0],
  ] as const)("of %j is %d", (states, code) => {
    expect(auditExitCode(states.map((state) => audited(state)))).toBe(code);
  });
});

describe("the report", () => {
  test("for people has a line for each server and each finding, with the remedy at its end", () => {
    const text = formatAudit([audited("clean"), audited("drift", { repaired: ["added grant: x"] })], 2.04);
    expect(text).toBe(
      [
        "dev-clean: clean",
        "dev-drift: drift",
        "  repaired     added grant: x",
        "  leftover     /tmp/.x: is a socket. Fix: Remove it.",
        "2 servers in 2.0 s: 1 clean, 1 with drift, 0 unreachable.",
        "",
      ].join("\n"),
    );
  });

  test("as JSON has the documented form", () => {
    expect(JSON.parse(formatAuditJson([audited("drift")]))).toEqual({
      version: 1,
      summary: { clean: 0, drift: 1, unreachable: 0 },
      servers: [{ server: "dev-drift", state: "drift", seconds: 1.5, repaired: [], findings: [finding] }],
    });
  });
});
