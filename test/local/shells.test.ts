import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { completionScript, shells, type Shell } from "../../cli/completion/script";
import { projectRoot } from "../../config/project-root";
import { lineProgress } from "../../engine/progress";
import { ensureHostTools } from "../../sandbox/image/host-tools";
import { figure } from "../support/figure";
import { openTerminal, type Terminal } from "../support/terminal";

/** An interactive shell without anybody's settings, whose prompt is `ready>`. */
const interactive: Readonly<Record<Shell, readonly string[]>> = {
  bash: ["bash", "--noprofile", "--norc", "-i"],
  zsh: ["zsh", "-f", "-i"],
  fish: ["fish", "--no-config", "-i"],
};
const prompt: Readonly<Record<Shell, string>> = {
  bash: "PS1='ready> '",
  zsh: "PS1='ready> '",
  fish: "function fish_prompt; echo 'ready> '; end",
};

/** Under CI nothing is skipped; elsewhere the shells can only be installed as root. */
const canHaveShells = process.getuid?.() === 0 || process.env["CI"] === "true";

/** Proves with real shells, in a real terminal, what a person gets for pressing Tab and for picking a server. */
describe.runIf(canHaveShells)("in", () => {
  let home: string;

  beforeAll(async () => {
    await ensureHostTools(lineProgress(), {
      zsh: "zsh",
      fish: "fish",
      fzf: "fzf",
      tmux: "tmux",
      ssh: "openssh-client",
    });
    home = mkdtempSync(join(tmpdir(), "home '$(touch x)' "));
    mkdirSync(join(home, "bin"));
    mkdirSync(join(home, ".ssh"));
    for (const file of ["dev.sh", "dev.fish"])
      copyFileSync(join(projectRoot, "docs", "laptop", file), join(home, file));
    writeFileSync(
      join(home, ".ssh", "config"),
      "Host dev-marcus\n  HostName 192.0.2.11\nHost dev-nadia\n  HostName 192.0.2.11\nHost example\n",
    );
    writeFileSync(join(home, ".ssh", "team-runtime.conf"), "Host dev-wes\n  HostName 192.0.2.11\n");
    // In place of a login: it says where it would go. What fzf shows beside the list asks the real one.
    writeFileSync(
      join(home, "bin", "ssh"),
      '#!/bin/sh\n[ "$1" = -G ] && exec /usr/bin/ssh -F "$HOME/.ssh/config" "$@"\necho "logged in:" "$@"\n',
    );
    chmodSync(join(home, "bin", "ssh"), 0o755);
  }, 600_000);
  afterAll(() => {
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  });

  describe.each(shells)("%s", (shell) => {
    let terminal: Terminal;

    beforeEach(async () => {
      terminal = await openTerminal(interactive[shell], {
        PATH: `${join(home, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
        HOME: home,
        LANG: "C.UTF-8",
      });
      await terminal.type(prompt[shell]);
      await terminal.waitFor(/^ready>\s*$/m);
      await terminal.press("C-l");
    });
    afterEach(async () => {
      await terminal.close();
    });

    const load = async (file: string): Promise<void> => {
      await terminal.type(`source "$HOME/${file}"; echo loaded`);
      await terminal.waitFor(/^loaded$/m);
      await terminal.press("C-l");
    };
    /** Forgets the line that is being typed. Unlike C-c, it waits for what Tab has begun. */
    const clear = (): Promise<void> => terminal.press("C-u");
    const loadTeam = async (): Promise<void> => {
      writeFileSync(join(home, `team.${shell}`), completionScript(shell, projectRoot));
      await load(`team.${shell}`);
    };

    it("Tab completes commands, people, options and files of `team`, and `team` itself runs anywhere", async () => {
      await loadTeam();
      await terminal.send("team fre\t");
      const pressed = Date.now();
      await terminal.waitFor("team freeze");
      figure(`completion in ${shell}`, `${String(Date.now() - pressed)} ms`);
      await terminal.send("we\t");
      await terminal.waitFor("team freeze wes");
      await clear();
      await terminal.send("team render dev-m\t");
      await terminal.waitFor("team render dev-marcus");
      await clear();
      await terminal.send("team access --js\t");
      await terminal.waitFor("team access --json");
      await clear();
      writeFileSync(join(home, "team.other.yaml"), "");
      await terminal.type(`cd "$HOME"`);
      await terminal.send("team check --team team.oth\t");
      await terminal.waitFor("team check --team team.other.yaml");
      await clear();
      await terminal.type(`team check --team ${join(projectRoot, "team.dev.yaml")}`);
      await terminal.waitFor(/team\.dev\.yaml: 3 people/, 60);
    });

    it("Tab runs nothing of what is being typed", async () => {
      await loadTeam();
      await terminal.send('team freeze $(touch "$HOME/touched") we\t\t');
      await clear();
      // Whatever Tab began is over once the shell answers.
      await terminal.type("echo over");
      await terminal.waitFor(/^over$/m);
      expect(existsSync(join(home, "touched"))).toBe(false);
    });

    it("dev shows the servers and goes to the chosen one", async () => {
      await load(shell === "fish" ? "dev.fish" : "dev.sh");
      await terminal.type("dev");
      await terminal.waitFor("server>");
      await terminal.waitFor("hostname 192.0.2.11");
      const shown = await terminal.screen();
      for (const server of ["dev-marcus", "dev-nadia", "dev-wes"]) expect(shown).toContain(server);
      expect(shown).not.toContain("example");
      await terminal.send("nad");
      await terminal.waitFor("1/3");
      await terminal.press("Enter");
      await terminal.waitFor("logged in: -- dev-nadia");
    });

    it("dev with a word that fits one server shows no list", async () => {
      await load(shell === "fish" ? "dev.fish" : "dev.sh");
      await terminal.type("dev wes");
      await terminal.waitFor("logged in: -- dev-wes");
    });

    it("dev goes nowhere when nothing is chosen", async () => {
      await load(shell === "fish" ? "dev.fish" : "dev.sh");
      await terminal.type("dev");
      await terminal.waitFor("server>");
      await terminal.press("Escape");
      await terminal.waitFor(/^ready>\s*$/m);
      await terminal.type("echo left");
      await terminal.waitFor(/^left$/m);
      expect(await terminal.screen()).not.toContain("logged in");
    });
  });
});

describe("the line that tells a shell where team-runtime is", () => {
  it.each(["/home/wes/team runtime", "/tmp/it's", "/tmp/$(id)`id`", String.raw`/tmp/back\slash'`])(
    "means %s to each shell",
    (folder) => {
      for (const shell of shells.filter((one) => one === "bash" || canHaveShells)) {
        const [line = ""] = completionScript(shell, folder).split("\n");
        const printed = execFileSync(shell, ["-c", `${line}\nprintf %s "$_team_runtime"`], {
          encoding: "utf8",
        });
        expect([shell, printed]).toEqual([shell, folder]);
      }
    },
  );
});
