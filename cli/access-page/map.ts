import { daysLeft, formatDaysLeft } from "../../config/access/ends";
import type { AccessMatrix, AccessRow } from "../../config/access/matrix";
import { agentOf } from "../../config/names";
import { markup } from "./markup";
import type { Markup } from "./markup";

/** Left edge and width of each column, in the units of the picture. A login of 26 characters fits. */
const columns = {
  person: { x: 1, width: 234 },
  server: { x: 430, width: 264 },
  agent: { x: 800, width: 279 },
} as const;

const width = 1080;
const boxHeight = 28;
/** Between two lines that arrive at one server. */
const lineGap = 16;

/** One person with their server and agent, and the leads who arrive there. */
interface Band {
  readonly login: string;
  /** Name of the server, which several bands may have in common. */
  readonly server: string;
  readonly top: number;
  readonly height: number;
  readonly leads: readonly AccessRow[];
}

/**
 * The picture of the matrix: people on the left, their servers in the middle, their agents on the right, and a line
 * for each way. It says nothing that the table does not, so it is one image to a screen reader.
 */
export function accessMap({ rows }: AccessMatrix, now: number): Markup {
  const bands = bandsOf(rows);
  const places = new Map(bands.map((band) => [band.login, band]));
  const height = bands.reduce((total, band) => total + band.height, 0);
  const ways = bands.flatMap((band) =>
    band.leads.map((row, index) => {
      const from = places.get(row.person);
      return from === undefined ? markup`` : leadWay(row, middle(from), middle(band), offsetOf(band, index));
    }),
  );
  return markup`<svg id="map" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="map-title map-text">
<title id="map-title">Map of access</title>
<desc id="map-text">Lines lead from each person to the servers and agents that the person can reach. The table below says the same.</desc>
<defs>${arrow("own")}${arrow("attach")}${arrow("watch")}</defs>
${ways}
${bands.map((band) => bandPicture(band, now))}
</svg>`;
}

function bandsOf(rows: readonly AccessRow[]): readonly Band[] {
  let top = 0;
  return rows
    .filter(({ why }) => why.because === "own agent")
    .map(({ person, server }) => {
      const leads = rows.filter(
        ({ why, how }) => why.because === "grant" && why.over === person && how.by === "sudo",
      );
      const height = Math.max(44, lineGap * (leads.length + 1) + 12);
      top += height;
      return { login: person, server, top: top - height, height, leads };
    });
}

/** Login of the person whose server or agent a row is about: one band of the picture, and what the filter finds it by. */
export function personAt({ person, why }: AccessRow): string {
  return why.because === "grant" ? why.over : person;
}

/** The line from the lead to the led server. `data-` values are for the filter, which moves the lines. */
function leadWay(row: AccessRow, from: number, to: number, offset: number): Markup {
  const start = columns.person.x + columns.person.width;
  // A curve of one unit by one, stretched: the filter has only the stretching to change.
  return markup`<path class="way ${row.mode}" data-way="${row.person} ${personAt(row)}" data-offset="${offset}" data-start="${start}" data-length="${columns.server.x - start}" transform="translate(${start} ${from}) scale(${columns.server.x - start} ${to + offset - from})" d="M0 0C.5 0 .5 1 1 1"/>
`;
}

function bandPicture(band: Band, now: number): Markup {
  const { login } = band;
  const own = ownOffset(band);
  const personEnd = columns.person.x + columns.person.width;
  return markup`<g class="band" data-login="${login}" data-height="${band.height}" transform="translate(0 ${middle(band)})">
<path class="way own" d="M${personEnd} 0C${personEnd + 60} 0 ${columns.server.x - 60} ${own} ${columns.server.x} ${own}"/>
${toAgent("own", own)}
${band.leads.map((row, index) => leadToAgent(row, offsetOf(band, index), now))}
${box("person", login, boxHeight)}
${box("server", band.server, band.height - 12)}
${box("agent", agentOf(login), band.height - 12)}
</g>
`;
}

function leadToAgent(row: AccessRow, y: number, now: number): Markup {
  const days = daysLeft(row, now);
  return markup`<g data-way="${row.person} ${personAt(row)}">${toAgent(row.mode, y)}${
    days === undefined ? markup`` : soonMark(y, `${row.person}: ${formatDaysLeft(days)}`)
  }</g>`;
}

function toAgent(kind: string, y: number): Markup {
  const start = columns.server.x + columns.server.width;
  return markup`<path class="way ${kind}" marker-end="url(#arrow-${kind})" d="M${start} ${y}H${columns.agent.x - 3}"/>`;
}

function soonMark(y: number, title: string): Markup {
  const x = (columns.server.x + columns.server.width + columns.agent.x) / 2;
  return markup`<g class="soon"><title>${title}</title><circle cx="${x}" cy="${y}" r="7"/><text x="${x}" y="${y + 4}">!</text></g>`;
}

function box(kind: keyof typeof columns, text: string, height: number): Markup {
  const { x, width: boxWidth } = columns[kind];
  return markup`<g class="box ${kind}"><rect x="${x}" y="${-height / 2}" width="${boxWidth}" height="${height}" rx="6"/><text x="${x + 12}" y="4.5">${text}</text></g>`;
}

function arrow(kind: string): Markup {
  return markup`<marker id="arrow-${kind}" class="${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`;
}

function middle({ top, height }: Band): number {
  return top + height / 2;
}

/** Of the lines that arrive at one server, the person's own comes first. Relative to the middle of the band. */
function ownOffset({ leads }: Band): number {
  return (-leads.length * lineGap) / 2;
}

function offsetOf(band: Band, index: number): number {
  return ownOffset(band) + (index + 1) * lineGap;
}
