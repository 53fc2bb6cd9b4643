// Search and filters of the access page. Runs inside the page; without it the page shows everything.

const form = document.getElementById("filter");
const map = document.getElementById("map");
const [text, person, server, soon, count] = ["text", "person", "server", "soon", "count"].map((id) =>
  document.getElementById(id),
);
const rows = [...document.querySelectorAll("#access tbody tr")].map((element) => ({
  element,
  words: element.textContent.toLowerCase(),
  ...element.dataset,
}));

function matches(row) {
  const words = text.value.toLowerCase().split(/\s+/);
  return (
    words.every((word) => row.words.includes(word)) &&
    (person.value === "" || row.person === person.value) &&
    (server.value === "" || row.server === server.value) &&
    (!soon.checked || row.soon === "yes")
  );
}

function show() {
  const visible = rows.filter(matches);
  for (const row of rows) row.element.hidden = !visible.includes(row);
  drawMap(
    new Set(visible.flatMap((row) => [row.person, row.at])),
    new Set(visible.map((row) => `${row.person} ${row.at}`)),
  );
  count.textContent =
    visible.length === rows.length ? `All ${rows.length} rows` : `${visible.length} of ${rows.length} rows`;
}

// Moves the bands of the people who are left together, and the lines between them along.
function drawMap(logins, ways) {
  const middles = new Map();
  let top = 0;
  for (const band of map.querySelectorAll(".band")) {
    const { login, height } = band.dataset;
    const isShown = logins.has(login);
    band.classList.toggle("gone", !isShown);
    if (!isShown) continue;
    middles.set(login, top + Number(height) / 2);
    band.setAttribute("transform", `translate(0 ${top + Number(height) / 2})`);
    top += Number(height);
  }
  map.setAttribute("viewBox", `0 0 ${map.viewBox.baseVal.width} ${Math.max(top, 1)}`);
  for (const end of map.querySelectorAll(".band [data-way]"))
    end.classList.toggle("gone", !ways.has(end.dataset.way));
  for (const way of map.querySelectorAll("path[data-way]")) {
    const [lead, led] = way.dataset.way.split(" ");
    const [from, to] = [middles.get(lead), middles.get(led)];
    const isShown = ways.has(way.dataset.way) && from !== undefined && to !== undefined;
    way.classList.toggle("gone", !isShown);
    if (!isShown) continue;
    const { start, length, offset } = way.dataset;
    way.setAttribute(
      "transform",
      `translate(${start} ${from}) scale(${length} ${to + Number(offset) - from})`,
    );
  }
}

form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(show));
form.hidden = false;
show();
