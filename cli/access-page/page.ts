import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { daysLeft, soonDays } from "../../config/access/ends";
import { formatInstant } from "../../config/instants";
import type { AccessMatrix } from "../../config/access/matrix";
import { projectRoot } from "../../config/project-root";
import { footnotes } from "../access-words";
import { filterControls } from "./controls";
import { accessMap } from "./map";
import { markup, Markup } from "./markup";
import { accessRows } from "./rows";

export interface AccessPage {
  /** Name of the team file, as the user gave it. */
  readonly file: string;
  /** The moment that the page shows, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * The matrix as one HTML page that needs nothing else: no request leaves it, and its security policy allows no style
 * and no script but its own. Without scripts it is complete, only the filters are missing.
 */
export function formatAccessPage(matrix: AccessMatrix, { file, now }: AccessPage): string {
  const style = readPart("page.css");
  const script = readPart("filter.mjs");
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Who can reach what: ${file}</title>
<style>${Markup.trusted(style)}</style>
</head>
<body>
<a class="skip" href="#access">Skip to the table</a>
<header>
<h1>Who can reach what</h1>
<p>${summary(matrix, now)} From <code>${file}</code>, as of <time datetime="${formatInstant(now)}">${formatInstant(now).replace("T", " ").replace("Z", " UTC")}</time>.</p>
</header>
<main>
${filterControls(matrix)}
<figure>
<div class="heads" aria-hidden="true"><span>Person</span><span>Server</span><span>Agent</span></div>
${accessMap(matrix, now)}
<figcaption>
<span class="key own">own server and agent</span>
<span class="key attach">lead, attach: acts as the agent</span>
<span class="key watch">lead, watch: looks on, read-only</span>
<span class="key soon"><b>!</b> ends within ${soonDays} days</span>
</figcaption>
</figure>
${accessRows(matrix, now)}
</main>
<footer>${footnotes(matrix).map((note) => markup`<p>${note}</p>`)}</footer>
<script type="module">${Markup.trusted(script)}</script>
</body>
</html>
`.text;
}

function summary({ rows }: AccessMatrix, now: number): string {
  const people = new Set(rows.map(({ person }) => person)).size;
  const grants = rows.filter(({ why, how }) => why.because === "grant" && how.by === "sudo");
  const soon = grants.filter((row) => daysLeft(row, now) !== undefined).length;
  const ending =
    soon === 0 ? "" : `, ${soon} of which ${soon === 1 ? "ends" : "end"} within ${soonDays} days`;
  return `${people} ${people === 1 ? "person" : "people"}, ${grants.length} ${grants.length === 1 ? "grant" : "grants"}${ending}.`;
}

/** The style sheet and the script are files of their own, beside the source of this one. */
function readPart(name: string): string {
  return readFileSync(join(projectRoot, "cli", "access-page", name), "utf8");
}

/** As Content Security Policy Level 3 names a part that is allowed inside the page. */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
