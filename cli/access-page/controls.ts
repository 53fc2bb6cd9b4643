import { soonDays } from "../../config/access/ends";
import type { AccessMatrix } from "../../config/access/matrix";
import { byName } from "../../config/names";
import { markup } from "./markup";
import type { Markup } from "./markup";

/** Search and filters. Hidden until the script that serves them runs. */
export function filterControls({ rows }: AccessMatrix): Markup {
  return markup`<form id="filter" role="search" hidden>
<label>Search <input type="search" id="text" placeholder="name, reason, …" autocomplete="off"></label>
<label>Person <select id="person"><option value="">everybody</option>${options(rows.map(({ person }) => person))}</select></label>
<label>Server <select id="server"><option value="">all</option>${options(rows.map(({ server }) => server))}</select></label>
<label class="check"><input type="checkbox" id="soon"> Only what ends within ${soonDays} days</label>
<button type="reset">Show all</button>
<p id="count" role="status"></p>
</form>`;
}

function options(names: readonly string[]): readonly Markup[] {
  return [...new Set(names)].sort(byName).map((name) => markup`<option>${name}</option>`);
}
