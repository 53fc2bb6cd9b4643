import type { Finding } from "./control";

/**
 * The tests of Lynis that a server of this program must pass, out of all that it runs. Those about the host's kernel, and
 * those that suggest more software, are not among them.
 */
export const gatedTests: readonly string[] = [
  // Accounts: one uid 0, no two with one number, consistent files, none without a password that is not locked.
  ...["AUTH-9204", "AUTH-9208", "AUTH-9216", "AUTH-9222", "AUTH-9226", "AUTH-9228", "AUTH-9283", "AUTH-9288"],
  ...["AUTH-9282", "AUTH-9284", "AUTH-9286"],
  // sudo: its files are there and root's; PAM; umask.
  ...["AUTH-9250", "AUTH-9252", "AUTH-9264", "AUTH-9266", "AUTH-9268", "AUTH-9328"],
  // Homes: owner, mode, history files that are links.
  ...["HOME-9302", "HOME-9304", "HOME-9306", "HOME-9310", "HOME-9350"],
  // sshd: what is in force, who may log in.
  ...["SSH-7402", "SSH-7404", "SSH-7406", "SSH-7408", "SSH-7440"],
  // cron and at; modes of files; sticky bit of /tmp; accounting.
  ...["SCHD-7702", "SCHD-7704", "SCHD-7718", "FILE-7524", "FILE-6362", "FILE-6363", "ACCT-9628"],
  // A packet filter is in force; no old services; no protocol that nobody needs.
  ...["FIRE-4536", "FIRE-4538", "FIRE-4540", "FIRE-4590", "NETW-3200"],
  ...["INSE-8300", "INSE-8304", "INSE-8310", "INSE-8314", "INSE-8316", "INSE-8318", "INSE-8320", "INSE-8322"],
  // Security updates: their archive is named, none is missing, they come by themselves.
  ...["PKGS-7388", "PKGS-7392", "PKGS-7420"],
  // The journal.
  ...["LOGG-2130", "LOGG-2132"],
];

/** What Lynis says of a machine. */
export interface LynisReport {
  readonly version: string;
  /** From 0 to 100. Printed, never asserted: it counts what nobody here wants, too. */
  readonly hardeningIndex: number;
  readonly testsRun: number;
  readonly findings: readonly Finding[];
}

/** Reads `/var/log/lynis-report.dat`: lines of `key=value`, where `key[]` may stand many times. */
export function readLynisReport(text: string): LynisReport {
  const values = (key: string): readonly string[] =>
    text.split("\n").flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
  const run = new Set(values("tests_executed").flatMap((list) => list.split("|")));
  const remarks = [...values("warning[]"), ...values("suggestion[]")].map(remark);
  const warned = values("warning[]").map((line) => remark(line).test);
  const settings = values("details[]").map(setting);
  const findings = [...new Set([...gatedTests, ...warned])].flatMap((test): readonly Finding[] => {
    if (!run.has(test)) return [finding(test, false, "Lynis did not run this test")];
    const said = remarks.filter((one) => one.test === test).map((one) => one.said);
    const differing = settings.filter((one) => one.test === test);
    if (differing.length > 0) return differing.map((one) => finding(`${test}:${one.field}`, false, one.said));
    return [finding(test, said.length === 0, said.join("; "))];
  });
  return {
    version: values("lynis_version")[0] ?? "",
    hardeningIndex: Number(values("hardening_index")[0]),
    testsRun: Number(values("lynis_tests_done")[0]),
    findings,
  };
}

function finding(test: string, passed: boolean, said: string): Finding {
  return { name: `lynis ${test}`, passed, said };
}

/** `TEST|sentence|details|solution|` */
function remark(line: string): { readonly test: string; readonly said: string } {
  const [test = "", said = "", details = ""] = line.split("|");
  return { test, said: details === "-" ? said : `${said} (${details})` };
}

/** `TEST|where|desc:sentence;field:NAME;prefval:WANTED;value:FOUND;|` */
function setting(line: string): { readonly test: string; readonly field: string; readonly said: string } {
  const [test = "", , parts = ""] = line.split("|");
  const part = (name: string): string => new RegExp(`(?:^|;)${name}:([^;]*)`).exec(parts)?.[1] ?? "";
  return {
    test,
    field: part("field"),
    said: `wanted ${part("prefval") || "another"}, found ${part("value")}`,
  };
}
