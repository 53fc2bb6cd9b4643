import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formatAccessPage } from "../../cli/access-page/page";
import { accessMatrixOf } from "../config/access-sample";
import { now } from "../config/sample";
import { canHaveBrowser, startBrowser, type Browser } from "../support/browser";
import { figure } from "../support/figure";

/** The page of `team access --html` in a real browser: what a person sees, types and hears. */
const matrix = accessMatrixOf(15);
const folder = mkdtempSync(join(tmpdir(), "access-page-"));
const page = join(folder, "access.html");
let browser: Browser;

/** Names of the rows that can be seen, such as `marcus dev-wes wes-agent`. */
const shownRows = `[...document.querySelectorAll("#access tbody tr")].filter((row) => row.offsetParent !== null)
  .map((row) => [...row.cells].slice(0, 3).map((cell) => cell.textContent).join(" "))`;
const shownBands = `[...document.querySelectorAll("#map .band")].filter((band) => getComputedStyle(band).display !== "none")
  .map((band) => band.dataset.login)`;
const shownWays = `[...document.querySelectorAll("#map path[data-way]")].filter((way) => getComputedStyle(way).display !== "none")
  .map((way) => way.dataset.way)`;
const focused = `document.activeElement.id || document.activeElement.className || document.activeElement.type || document.activeElement.tagName`;

const set = (id: string, value: string): string =>
  `{ const field = document.getElementById("${id}"); field.value = "${value}"; field.dispatchEvent(new Event("input", { bubbles: true })); }`;

describe.skipIf(!canHaveBrowser())("in Chromium", () => {
  beforeAll(async () => {
    writeFileSync(page, formatAccessPage(matrix, { file: "team.dev.yaml", now }));
    browser = await startBrowser();
  }, 600_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await browser.scripts("on");
    await browser.media("light");
    await browser.size(1100, 1500);
    await browser.open(page);
  });

  test("nothing is asked for but the page itself, and its own security policy lets it run", async () => {
    expect(await browser.evaluate<boolean>(`document.getElementById("filter").hidden`)).toBe(false);
    expect(browser.requests).toEqual([`file://${page}`]);
    expect(browser.errors).toEqual([]);
    // What does not belong to the page is refused: this is how an error would show.
    await browser.evaluate(`fetch("http://127.0.0.1:9/").catch(() => 0)`);
    await browser.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "window.broken = 1" }))`,
    );
    expect(await browser.evaluate("window.broken === undefined")).toBe(true);
    expect(browser.errors.length).toBeGreaterThan(1);
  });

  test("search finds names, modes and reasons, all words of it", async () => {
    await browser.evaluate(set("text", "MARCUS wes"));
    const rows = await browser.evaluate<string[]>(shownRows);
    expect(rows).toEqual(["marcus dev-wes marcus", "marcus dev-wes wes-agent"]);
    expect(await browser.evaluate(shownBands)).toEqual(["marcus", "wes"]);
    expect(await browser.evaluate(shownWays)).toEqual(["marcus wes"]);
    expect(await browser.evaluate(`document.getElementById("count").textContent`)).toBe(
      `2 of ${matrix.rows.length} rows`,
    );
    await browser.evaluate(set("text", "onboarding"));
    expect(await browser.evaluate(shownRows)).toEqual([
      "marcus dev-nadia marcus",
      "marcus dev-nadia nadia-agent",
    ]);
    await browser.evaluate(set("text", "nobody at all"));
    expect(await browser.evaluate(shownRows)).toEqual([]);
    await browser.evaluate(
      `document.querySelector("#filter button").click(); new Promise((resolve) => setTimeout(resolve, 50))`,
    );
    expect(await browser.evaluate<string[]>(shownRows)).toHaveLength(matrix.rows.length);
  });

  test("the filters show what one person reaches, who reaches one server, and what ends soon", async () => {
    await browser.evaluate(set("person", "ada"));
    const byPerson = matrix.rows.filter(({ person }) => person === "ada").length;
    expect(await browser.evaluate<string[]>(shownRows)).toHaveLength(byPerson);
    await browser.evaluate(set("person", ""));
    await browser.evaluate(set("server", "dev-wes"));
    const byServer = matrix.rows.filter(({ server }) => server === "dev-wes").length;
    expect(await browser.evaluate<string[]>(shownRows)).toHaveLength(byServer);
    await browser.evaluate(set("server", ""));
    await browser.evaluate(`document.getElementById("soon").click()`);
    expect(await browser.evaluate<string[]>(shownRows)).toHaveLength(6);
    expect(
      await browser.evaluate(`document.querySelectorAll("#access tr:not([hidden]) strong.soon").length`),
    ).toBe(6);
  });

  test("the keyboard alone is enough: skip link, search, filters, reset, fingerprints", async () => {
    await browser.press("Tab");
    expect(await browser.evaluate(focused)).toBe("skip");
    expect(await browser.evaluate(`document.activeElement.getBoundingClientRect().left >= 0`)).toBe(true);
    const order: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      await browser.press("Tab");
      order.push(await browser.evaluate(focused));
      const outline = await browser.evaluate<string>(`getComputedStyle(document.activeElement).outlineStyle`);
      expect(outline, `the focus on ${order.at(-1) ?? ""} can be seen`).toBe("solid");
      if (order.at(-1) === "text") await browser.type("kim");
      if (order.at(-1) === "soon") await browser.press("Space");
    }
    expect(order).toEqual(["text", "person", "server", "soon", "reset"]);
    expect(await browser.evaluate(shownRows)).toEqual([]);
    await browser.press("Enter");
    expect(
      await browser.evaluate(`new Promise((resolve) => setTimeout(() => resolve(${shownRows}.length), 50))`),
    ).toBe(matrix.rows.length);
    await browser.press("Tab");
    await browser.press("Enter");
    expect(await browser.evaluate(`document.activeElement.closest("details").open`)).toBe(true);
    expect(await browser.evaluate(`document.activeElement.closest("details").textContent`)).toContain(
      "SHA256:",
    );
  });

  test("the skip link leads to the table", async () => {
    await browser.press("Tab");
    await browser.press("Enter");
    expect(await browser.evaluate("location.hash")).toBe("#access");
    await browser.press("Tab");
    expect(await browser.evaluate(`document.activeElement.closest("#access") !== null`)).toBe(true);
  });

  test("a screen reader is told what everything is", async () => {
    const announced = await browser.announced();
    for (const expected of [
      { role: "heading", name: "Who can reach what" },
      { role: "search", name: "" },
      { role: "searchbox", name: "Search" },
      { role: "combobox", name: "Person" },
      { role: "combobox", name: "Server" },
      { role: "checkbox", name: "Only what ends within 14 days" },
      { role: "button", name: "Show all" },
      { role: "status", name: "" },
      { role: "table", name: "Who can reach which account, how, until when and why" },
      ...["Person", "Server", "Account", "How", "Mode", "Until", "Why"].map((name) => ({
        role: "columnheader",
        name,
      })),
    ]) {
      expect(
        announced.filter(({ role, name }) => role === expected.role && name === expected.name),
        JSON.stringify(expected),
      ).toHaveLength(1);
    }
    expect(announced.filter(({ role }) => role === "rowheader")).toHaveLength(matrix.rows.length);
    // The picture says nothing that the table does not: it is one image with a name, not a hundred boxes.
    const pictures = announced.filter(({ role }) => /image|img|svg|graphics/i.test(role));
    expect(pictures).toHaveLength(1);
    expect(pictures[0]?.name).toMatch(
      /^Map of access Lines lead from each person .* The table below says the same\.$/,
    );
  });

  test.each(["light", "dark"] as const)(
    "%s: every text stands out from what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1)",
    async (scheme) => {
      await browser.media(scheme);
      const texts =
        await browser.evaluate<readonly { readonly what: string; readonly ratio: number }[]>(contrasts);
      expect(texts.length).toBeGreaterThan(15);
      expect(texts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
      const image = await browser.screenshot();
      const file = join(tmpdir(), `team-runtime-access-${scheme}.png`);
      writeFileSync(file, image);
      figure(`screenshot of the access page, ${scheme}`, `${file}, ${Math.round(image.length / 1024)} KiB`);
      expect(image.subarray(1, 4).toString()).toBe("PNG");
      expect(image.length).toBeGreaterThan(50_000);
    },
  );

  test("it prints on white without its controls, with every row, also for who reads it dark", async () => {
    await browser.media("dark", "print");
    expect(await browser.evaluate(`getComputedStyle(document.getElementById("filter")).display`)).toBe(
      "none",
    );
    expect(await browser.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe(
      "rgb(255, 255, 255)",
    );
    expect(await browser.evaluate<string[]>(shownRows)).toHaveLength(matrix.rows.length);
    const pdf = await browser.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0).toBeGreaterThan(1);
  });

  test("nothing sticks out of a narrow window but what can be scrolled to", async () => {
    for (const width of [1100, 700, 360]) {
      await browser.size(width, 800);
      expect(
        await browser.evaluate("document.documentElement.scrollWidth"),
        `${String(width)} pixels`,
      ).toBeLessThanOrEqual(width);
    }
  });

  test("without scripts everything can be read, and no control is shown that does nothing", async () => {
    await browser.scripts("off");
    await browser.open(page);
    const announced = await browser.announced();
    expect(announced.filter(({ role }) => role === "rowheader")).toHaveLength(matrix.rows.length);
    expect(announced.filter(({ role }) => ["searchbox", "combobox", "button"].includes(role))).toEqual([]);
  });
});

/** For one element of each kind with text: the contrast between its colour and the nearest background behind it. */
const contrasts = `(() => {
  const rgb = (text) => (text.match(/[0-9.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const seen = new Map();
  for (const element of document.querySelectorAll("body *")) {
    const isSvg = element instanceof SVGElement;
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!hasText || ["SCRIPT", "STYLE", "title", "desc", "OPTION"].includes(element.tagName) || element.closest(".skip")) continue;
    const style = getComputedStyle(element);
    const shape = isSvg ? element.parentElement.querySelector("rect, circle") : null;
    const color = rgb(isSvg ? style.fill : style.color);
    const back = shape === null ? behind(element) : rgb(getComputedStyle(shape).fill);
    const [high, low] = [light(color), light(back)].sort((one, other) => other - one);
    seen.set(element.tagName + "." + element.className + element.parentElement.className, { what: element.outerHTML.slice(0, 80), ratio: (high + 0.05) / (low + 0.05) });
  }
  return [...seen.values()];
})()`;
