import { daysLeft, formatDaysLeft } from "../../config/access/ends";
import type { AccessMatrix, AccessRow } from "../../config/access/matrix";
import { howText } from "../access-words";
import { personAt } from "./map";
import { markup } from "./markup";
import type { Markup } from "./markup";

/** The matrix as a table: the page's real content, complete without script and picture. */
export function accessRows({ rows }: AccessMatrix, now: number): Markup {
  return markup`<table id="access">
<caption>Who can reach which account, how, until when and why</caption>
<thead><tr><th scope="col">Person</th><th scope="col">Server</th><th scope="col">Account</th><th scope="col">How</th><th scope="col">Mode</th><th scope="col">Until</th><th scope="col">Why</th></tr></thead>
<tbody>
${rows.map((row) => tableRow(row, now))}</tbody>
</table>`;
}

function tableRow(row: AccessRow, now: number): Markup {
  const days = daysLeft(row, now);
  return markup`<tr data-person="${row.person}" data-server="${row.server}" data-at="${personAt(row)}" data-soon="${days === undefined ? "no" : "yes"}"><th scope="row">${row.person}</th><td>${row.server}</td><td>${row.account}</td><td>${how(row)}</td><td><span class="mode ${row.mode}">${row.mode}</span></td><td>${until(row, days)}</td><td>${why(row)}</td></tr>
`;
}

function how(row: AccessRow): Markup {
  if (row.how.by !== "ssh-key") return markup`${howText(row)}`;
  return markup`<details><summary>${howText(row)}</summary>${row.how.keys.map((key) => markup`<code>${key}</code> `)}</details>`;
}

function until({ until: end }: AccessRow, days: number | undefined): Markup {
  if (end === undefined) return markup`no end`;
  const mark =
    days === undefined ? markup`` : markup` <strong class="soon">! ${formatDaysLeft(days)}</strong>`;
  return markup`<time datetime="${end}">${end.replace("T", " ").replace("Z", " UTC")}</time>${mark}`;
}

function why({ why: reason }: AccessRow): Markup {
  if (reason.because !== "grant") return markup`${reason.because}`;
  const text = reason.reason === undefined ? markup`` : markup`: <q>${reason.reason}</q>`;
  return markup`leads ${reason.over}${text}`;
}
