import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { formatAccessPage } from "../../cli/access-page/page";
import { accessMatrixOf, hostileReason } from "../config/access-sample";
import { accessMatrix } from "../../config/access/matrix";
import { now, teamOf } from "../config/sample";
import { sharedText } from "../config/shared-sample";
import { figure } from "../support/figure";

/** What the page must hold for any team: it is safe to open, complete without script, and usable without a mouse or eyes. */
const page = formatAccessPage(accessMatrixOf(15), { file: 'a"<b>.yaml', now });

test("free text never becomes markup", () => {
  const escaped = hostileReason
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
  expect(page.split(escaped)).toHaveLength(3);
  expect(page).not.toContain("<script>alert");
  expect(page).toContain("<title>Who can reach what: a&quot;&lt;b&gt;.yaml</title>");
  expect(page.match(/<script/g)).toHaveLength(1);
});

test("no request leaves the page, and nothing but its own style and script may run", () => {
  expect(page).not.toMatch(/(?:src|href|action)="(?!#)|url\((?!#)|@import|https?:/i);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
  expect(policy).toMatch(/^default-src &#39;none&#39;/);
  expect(policy).not.toMatch(/unsafe|\*/);
  for (const [part] of page.matchAll(
    /(?<=<style>|<script type="module">)[\s\S]*?(?=<\/style>|<\/script>)/g,
  )) {
    expect(policy).toContain(`sha256-${createHash("sha256").update(part).digest("base64")}`);
  }
  expect(page).not.toMatch(/ (?:style|on[a-z]+)="/);
});

test("without script every row is there, and no control that does nothing", () => {
  const { rows } = accessMatrixOf(15);
  expect(page.match(/<tr data-person/g)).toHaveLength(rows.length);
  expect(page).toMatch(/<form [^>]*hidden>/);
  expect(page.match(/<(?:input|select|button)/g)).toHaveLength(5);
});

test("the table and the controls speak to a screen reader", () => {
  expect(page).toContain('<html lang="en">');
  expect(page).toContain("<caption>");
  expect(page.match(/<th scope="col">/g)).toHaveLength(7);
  expect(page.match(/<th scope="row">/g)).toHaveLength(accessMatrixOf(15).rows.length);
  expect(page.match(/<label[ >]/g)).toHaveLength(4);
  expect(page).toContain('role="status"');
  expect(page).toMatch(/<svg [^>]*role="img" aria-labelledby="map-title map-text">/);
  expect(page).toContain(":focus-visible");
});

test("what ends within 14 days is marked in words, what ends a second later is not", () => {
  const soon = page.match(/<strong class="soon">! [^<]*/g) ?? [];
  expect(soon.filter((mark) => mark.endsWith("ends in 14 days"))).toHaveLength(2);
  expect(soon.filter((mark) => mark.endsWith("ends in 3 days"))).toHaveLength(2);
  expect(soon.filter((mark) => mark.endsWith("ends within a day"))).toHaveLength(2);
  expect(soon).toHaveLength(6);
  expect(page).toContain('<time datetime="2026-12-06T12:00:01Z">2026-12-06 12:00:01 UTC</time></td>');
});

test("the map has a line for each grant, solid or dashed by its mode", () => {
  const ways = page.match(/<path class="way (?:attach|watch)" data-way="[^"]*"/g) ?? [];
  expect(ways).toHaveLength(7);
  expect(ways).toContain('<path class="way attach" data-way="marcus wes"');
  expect(ways).toContain('<path class="way watch" data-way="marcus kim"');
  expect(ways.join()).not.toContain("marcus ben");
});

test("on a shared server the map has a band for each person, and the filter knows whose agent a line leads to", () => {
  const shared = formatAccessPage(accessMatrix(teamOf(sharedText), now), { file: "team.yaml", now });
  expect(shared.match(/class="box server">.*?>dev-shared</g)).toHaveLength(2);
  const ways = [...shared.matchAll(/<path class="way (?:attach|watch)" data-way="([^"]*)"/g)].map(
    ([, way]) => way,
  );
  expect(ways.sort()).toEqual(["marcus nadia", "marcus wes", "nadia olga", "nadia wes"]);
  expect(shared.match(/data-person="nadia" data-server="dev-shared" data-at="wes"/g)).toHaveLength(1);
});

test("200 people", () => {
  const matrix = accessMatrixOf(200);
  const started = performance.now();
  const large = formatAccessPage(matrix, { file: "team.dev.yaml", now });
  figure(
    "access page of 200 people",
    `${Math.round(performance.now() - started)} ms, ${Math.round(large.length / 1024)} KiB`,
  );
  expect(large.match(/<tr data-person/g)).toHaveLength(matrix.rows.length);
  expect(large).not.toContain("NaN");
});
