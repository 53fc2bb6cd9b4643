import { describe, expect, test } from "vitest";
import { grantsOf, renderAccessDocument, type LateValues } from "../../components/access-document";
import { formatDocument } from "../../components/canonical-json";
import { plan, type ServerPlan } from "../../config/plan";
import { readPublicKey } from "../../config/keys";
import { keyLine, securityKeyLine, teamOf, validText } from "./sample";

const { servers } = plan(teamOf(validText));

const known: LateValues = {
  hopKeys: new Map([["marcus", `${keyLine("hop")}\n`]]),
  addresses: new Map([["dev-marcus", "127.77.1.13"]]),
};
const unknown: LateValues = { hopKeys: new Map([["marcus", null]]), addresses: new Map() };

function server(name: string): ServerPlan {
  const found = servers.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No server ${name}.`);
  return found;
}

describe("the document of", () => {
  test.each(["dev-wes", "dev-nadia", "dev-marcus", "dev-kim"])("%s", async (name) => {
    const text = formatDocument(renderAccessDocument(server(name), known));
    await expect(text).toMatchFileSnapshot(`../golden/${name}.access.json`);
  });

  test("dev-wes before the lead's server exists: its line is null", async () => {
    const text = formatDocument(renderAccessDocument(server("dev-wes"), unknown));
    await expect(text).toMatchFileSnapshot("../golden/dev-wes-late.access.json");
  });
});

/** The same facts as files that people know how to read. */
describe("the lines of", () => {
  test.each(["dev-wes", "dev-nadia"])("%s", async (name) => {
    const document = renderAccessDocument(server(name), known);
    const sudoers = Object.values(document.sudoers).join("\n");
    await expect(`${sudoers}\n`).toMatchFileSnapshot(`../golden/${name}.sudoers`);
    for (const [login, lines] of Object.entries(document.keys)) {
      await expect(`${Object.values(lines).join("\n")}\n`).toMatchFileSnapshot(
        `../golden/${name}.${login}.authorized_keys`,
      );
    }
  });
});

describe("what the document grants", () => {
  test("is what the model says", () => {
    expect(grantsOf(server("dev-nadia"))).toEqual([
      { who: "nadia", runAs: "nadia-agent", mode: "attach" },
      { who: "nadia-agent", runAs: "nadia-agent", mode: "attach" },
      { who: "marcus", runAs: "nadia-agent", mode: "watch", until: "2026-12-31T23:59:59Z" },
    ]);
    for (const one of servers) {
      const rights = grantsOf(one).map(({ who, runAs }) => `${who} as ${runAs}`);
      expect(Object.keys(renderAccessDocument(one, known).sudoers)).toEqual(rights.sort());
    }
  });

  test("is nothing on the server of a leaver", () => {
    const { sudoers, keys } = renderAccessDocument(server("dev-kim"), known);
    expect({ sudoers, keys }).toEqual({ sudoers: {}, keys: {} });
    expect(grantsOf(server("dev-kim"))).toEqual([]);
  });

  test("is nothing on the server of a leaver whose keys are still in the file", () => {
    const text = validText.replace("left: 2026-03-01", `left: 2026-03-01\n    keys: ["${keyLine("kim")}"]`);
    const found = plan(teamOf(text)).servers.find(({ name }) => name === "dev-kim");
    expect(found === undefined ? undefined : renderAccessDocument(found, known).keys).toEqual({});
  });

  test("is refused when two grants for one pair got past the rules: one would hide the other", () => {
    const wes = server("dev-wes");
    const twice = { ...wes, grants: [...wes.grants, ...wes.grants] };
    expect(() => renderAccessDocument(twice, known)).toThrow("Two entries of one name");
  });
});

describe("a hop key", () => {
  test("ends with the last of the lead's grants on the server, and only when all of them end", () => {
    const dev = server("dev-nadia");
    const endless = {
      ...{ lead: "marcus", leadUid: 3000, leadServer: "dev-marcus", over: "nadia", server: "dev-nadia" },
      mode: "attach",
    } as const;
    const line = (...ends: (string | undefined)[]): string => {
      const grants = ends.map((until, index) => ({
        ...endless,
        runAs: `p${index}-agent` as const,
        ...(until === undefined ? {} : { until }),
      }));
      return String(
        renderAccessDocument({ ...dev, grants }, known).keys["marcus"]?.["hop key of dev-marcus"],
      );
    };
    expect(line("2026-12-31T23:59:59Z", "2027-01-31T00:00:00Z")).toContain('expiry-time="20270131000000Z"');
    expect(line("2027-01-31T00:00:00Z", "2026-12-31T23:59:59Z")).toContain('expiry-time="20270131000000Z"');
    expect(line("2026-12-31T23:59:59Z", undefined)).not.toContain("expiry-time");
  });

  test.each<[what: string, key: string]>([
    ["options of its own", `command="sh" ${keyLine("hop")}`],
    ["a second line", `${keyLine("hop")}\n${keyLine("other")}`],
    ["another type", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ"],
    ["another type that people may have", securityKeyLine("hand")],
    ["nothing", ""],
    ["an error text", "bash: hop: command not found"],
  ])("with %s is refused: it was printed by a machine on which a developer works", (_what, key) => {
    const late = { ...known, hopKeys: new Map([["marcus", key]]) };
    expect(() => renderAccessDocument(server("dev-wes"), late)).toThrow("not an ed25519 public key");
  });

  test("works from the lead's own server, and forwards nothing", () => {
    const line = renderAccessDocument(server("dev-wes"), known).keys["marcus"]?.["hop key of dev-marcus"];
    expect(line).toMatch(/^restrict,pty,from="127\.77\.1\.13" ssh-ed25519 /);
    expect(readPublicKey(securityKeyLine("hand")).ok).toBe(true);
  });

  test("from something that is not an address is refused", () => {
    const late = { ...known, addresses: new Map([["dev-marcus", '1.2.3.4",command="sh']]) };
    expect(() => renderAccessDocument(server("dev-wes"), late)).toThrow("is not an IP address");
  });
});
