import { z } from "zod";
import { type AccessDocument } from "../components/access-document";
import { formatDocument } from "../components/canonical-json";
import type { CredentialsDocument } from "../components/credentials-document";
import type { ServerAddress } from "../components/ssh-client-config";
import type { ToolsDocument } from "../components/tools-document";
import type { WorkplaceDocument } from "../components/workplace-document";
import type { GrantPlan } from "../config/plan";
import { finding, type Finding, type ServerAudit } from "./audit-report";
import type { ServerAnswer, ServerSsh } from "./server-ssh";

/** What one server should be. */
export interface ExpectedServer {
  readonly server: string;
  readonly at: ServerAddress;
  readonly document: AccessDocument;
  readonly grants: readonly GrantPlan[];
  /** `ssh-ed25519 AAAA…` */
  readonly deployKey: string;
  /** Networks (CIDR) that may reach SSH. */
  readonly sshFrom: readonly string[];
  /** SHA-256 in hexadecimal by path on the server. */
  readonly software: Readonly<Record<string, string>>;
  /** Without tokens. */
  readonly credentials: CredentialsDocument;
  /** `null` on a leaver's server, where everything stays as it was. */
  readonly tools: ToolsDocument | null;
  readonly workplaces: WorkplaceDocument | null;
}

/** The item of a finding that applying the access document puts right; `host/team_host/audit_access.py` says it. */
const repairable = "access";
/** The farthest that a server's clock may be from this machine's, in seconds: ends of grants depend on it. */
const largestSkew = 60;

const hostAnswer = z.object({ clock: z.number(), findings: z.array(finding) });

/** Asks one server how it differs from what it should be; with `repair`, applies the access document where it is not in force. */
export async function auditServer(
  expected: ExpectedServer,
  ssh: ServerSsh,
  repair: boolean,
): Promise<ServerAudit> {
  const started = Date.now();
  const first = await ask(expected, ssh);
  const isRepairable = first.findings.some(({ item }) => item === repairable);
  if (!repair || !isRepairable) return conclude(expected, first, [], started);
  const answer = await ssh.run(
    expected.server,
    expected.at,
    "apply-access",
    formatDocument(expected.document),
  );
  const repaired = answer.reached ? answer.stdout.split("\n").filter((line) => line !== "") : [];
  return conclude(expected, await ask(expected, ssh), repaired, started);
}

interface Asked {
  readonly reached: boolean;
  readonly findings: readonly Finding[];
}

async function ask(expected: ExpectedServer, ssh: ServerSsh): Promise<Asked> {
  const { server, at, deployKey, document, software, sshFrom, credentials, tools, workplaces } = expected;
  const asked = Date.now();
  const request = JSON.stringify({ deployKey, document, software, sshFrom, credentials, tools, workplaces });
  const answer = await ssh.run(server, at, "audit", request);
  return readAnswer(answer, { asked, answered: Date.now() });
}

function conclude(
  { server, grants }: ExpectedServer,
  { reached, findings }: Asked,
  repaired: readonly string[],
  started: number,
): ServerAudit {
  const all = [...findings, ...expiredGrants(grants, new Date(started))];
  return {
    server,
    state: !reached ? "unreachable" : all.length === 0 ? "clean" : "drift",
    seconds: Math.round((Date.now() - started) / 100) / 10,
    repaired,
    findings: all,
  };
}

/** When the server was asked and when it had answered, by this machine's clock, in milliseconds since 1970. */
interface Interval {
  readonly asked: number;
  readonly answered: number;
}

/** The findings in what a server answered. */
export function readAnswer(answer: ServerAnswer, interval: Interval): Asked {
  if (!answer.reached) return { reached: false, findings: [unreachable(answer.reason)] };
  const parsed = hostAnswer.safeParse(dataIn(answer.stdout));
  if (answer.code !== 0 || !parsed.success) {
    const said = answer.stderr.trim().replace(/\s+/g, " ").slice(0, 300);
    return {
      reached: true,
      findings: [
        {
          kind: "drift",
          item: "host software",
          sentence: `could not audit the server (status ${answer.code}): ${said === "" ? "it said nothing." : said}`,
          fix: "Run pulumi up, which installs the host software of this version.",
        },
      ],
    };
  }
  return {
    reached: true,
    findings: [...parsed.data.findings.map(printable), ...clockSkew(parsed.data.clock, interval)],
  };
}

function unreachable(reason: string): Finding {
  const fix = /host key|REMOTE HOST/i.test(reason)
    ? "Compare the host key at the provider's console; docs/runbook.md says how to accept a new one."
    : "Look at the provider's console whether the server runs and sshd answers, then audit again.";
  return {
    kind: "unreachable",
    item: "ssh",
    sentence: reason === "" ? "The connection failed." : reason,
    fix,
  };
}

/** A server's words go to a terminal: control characters of a hostile one must not. */
function printable({ kind, item, sentence, fix }: Finding): Finding {
  const clean = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");
  return { kind, item: clean(item), sentence: clean(sentence), fix: clean(fix) };
}

function clockSkew(clock: number, { asked, answered }: Interval): readonly Finding[] {
  const early = asked / 1000 - clock;
  const late = clock - answered / 1000;
  const skew = Math.max(early, late);
  if (skew <= largestSkew) return [];
  return [
    {
      kind: "drift",
      item: "clock",
      sentence: `is ${Math.round(skew)} seconds ${late > 0 ? "ahead of" : "behind"} this machine's, so grants end at the wrong time.`,
      fix: "Run timedatectl on both and repair the one that is wrong.",
    },
  ];
}

/** Grants that have ended and still stand in the team file: the server refuses them by itself, and their reader is misled. */
export function expiredGrants(grants: readonly GrantPlan[], now: Date): readonly Finding[] {
  return grants.flatMap(({ lead, over, until }): Finding[] => {
    if (until === undefined || Date.parse(until) >= now.getTime()) return [];
    return [
      {
        kind: "expired",
        item: `grant of ${lead} over ${over}`,
        sentence: `ended at ${until}.`,
        fix: "Remove it from the team file and run pulumi up.",
      },
    ];
  });
}

function dataIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
