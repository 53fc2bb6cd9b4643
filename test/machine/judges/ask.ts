import type { Baseline, Control, Finding } from "./control";

/** Runs a script as root on the machine and gives what it printed. */
export type Shell = (script: string) => Promise<string>;

/** Asks a machine everything that a baseline asks, in one shell. */
export async function ask(baseline: Baseline, shell: Shell): Promise<readonly Finding[]> {
  const printed = await shell(baseline.controls.map(section).join(""));
  const answers = new Map(
    printed
      .split(mark)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1).trim()]),
  );
  return baseline.controls.map((control) => judge(baseline.source, control, answers.get(control.id)));
}

const mark = "\u001e";

function section({ id, question }: Control): string {
  return `printf '\\036%s\\n' '${id}'\n(\n${question}\n) </dev/null 2>&1\n`;
}

function judge(source: string, { id, asks, answer }: Control, given: string | undefined): Finding {
  const passed = given !== undefined && (typeof answer === "string" ? given === answer : answer.test(given));
  const wanted = typeof answer === "string" ? JSON.stringify(answer) : String(answer);
  const found = given === undefined ? "no answer" : JSON.stringify(given);
  return { name: `${source} ${id}`, passed, said: `${asks}: wanted ${wanted}, found ${found}` };
}
