// One profile at a time, and what its module is made of, as a table and as a treemap.
class Breakdown {
  constructor(root) {
    this.root = root;
    const key = root.dataset.module;
    const module = data.modules[key];
    this.changes = data.changes[root.dataset.profile];
    const { functions, sections } = parts(key, this.changes);
    const [bytes, gzip, brotli] = module.size;
    this.whole = { bytes, gzip, brotli };
    const largest = (rows) => rows.reduce((most, row) => Math.max(most, Math.abs(row?.delta ?? 0)), 0);
    this.largest = largest([...functions, ...sections]) || largest(sections.map((row) => row.of)) || 1;
    this.atLeast = module.atLeast ? "at least " : "";
    this.rows = { functions, packages: [...packages(functions, module, this.changes), ...sections] };
    this.describe("Choose a part in the map or in the table: what it costs, what would leave with it, and why it is there.");
    this.table = new Table(root.querySelector(".parts"), this);
    this.on("input", "input", () => this.search());
    this.on(".rows", "change", () => this.table.draw());
    this.on(".csv", "click", () => this.save());
    this.on(".metric", "change", () => { this.map.measure(); this.table.measure(); this.draw(); });
    this.on(".colour", "change", () => this.map.draw());
    this.table.draw();
    this.map = new Treemap(root.querySelector(".map-area"), this);
    if (this.changes) this.removed = new Removed(root.querySelector(".removed-area"), this);
    this.follow();
  }

  // Choose the part that the address names, where it is one of this profile.
  follow() {
    const [profile, name, number] = address();
    if (profile !== this.root.dataset.profile || !name) return;
    const { functions, packages } = this.rows;
    const alike = this.named(name);
    const row = alike[(number || 1) - 1] ?? alike[0] ?? packages.find((row) => row.of?.name === name)?.of;
    if (!row) this.describe(`The link leads to ${name}, which this module does not have.`);
    if (!row || row === this.chosen) return;
    this.root.querySelector(".rows").value = functions.includes(row) ? "functions" : "packages";
    if (!this.matches(row)) this.root.querySelector("input").value = "";
    this.draw();
    this.choose(row);
    this.table.reveal(row);
  }

  // The parts of a name, which may be several.
  named(name) {
    return [...this.rows.functions, ...this.rows.packages].filter((row) => row.name === name);
  }

  save() {
    const file = URL.createObjectURL(new Blob([this.table.csv()], { type: "text/csv" }));
    element("a", { href: file, download: `${this.root.dataset.profile}-${this.kind}.csv` }).click();
    URL.revokeObjectURL(file);
  }

  get kind() { return this.root.querySelector(".rows").value; }
  get metric() { return this.root.querySelector(".metric").value; }
  get colour() { return this.root.querySelector(".colour").value; }
  get query() { return this.root.querySelector("input").value.trim(); }

  on(selector, event, act) { this.root.querySelector(selector).addEventListener(event, act); }

  matches(row) {
    const { query } = this;
    return !query || this.pattern(query).test(row.name) || this.pattern(query).test(row.package ?? "");
  }

  // The search as a regular expression; what is none, such as `(*T`, is searched for as it is.
  pattern(query) {
    if (this.searched !== query) {
      this.searched = query;
      try {
        this.found = new RegExp(query, "i");
      } catch {
        this.found = new RegExp(literally(query), "i");
      }
    }
    return this.found;
  }

  draw() {
    this.table.draw();
    this.map?.draw();
    this.removed?.draw();
  }

  search() {
    this.table.draw();
    this.map.mark();
    this.removed?.mark();
  }

  describe(...lines) { this.root.querySelector(".chosen").replaceChildren(...lines.map((line) => (
    typeof line === "string" ? element("p", { className: "quiet", textContent: line }) : line))); }

  // Say what is known of a part: its sizes, what would leave with it, and the chain that keeps it.
  // `node` is its node in the tree where it was chosen in the map.
  choose(row, node) {
    this.chosen = row;
    const place = this.named(row.name).indexOf(row); // names may be alike
    const part = `${encodeURIComponent(row.name)}${place > 0 ? `/${place + 1}` : ""}`;
    history.replaceState(null, "", `#${this.root.dataset.profile}/${part}`);
    this.table.mark();
    if (node) this.map.draw();
    else this.map.show(row);
    this.removed?.draw();
    const size = (key) => row[key] ?? node?.leaves().reduce((sum, leaf) => sum + leaf.data[key], 0) ?? 0;
    const sizes = Object.keys(this.whole).map((key) => (
      `${number(size(key))} ${key === "bytes" ? "bytes" : `under ${key}`} (${percent(size(key), this.whole[key])} %)`));
    const told = row.word === "removed" ? `it took ${number(row.lost)} bytes` : sizes.join(", ");
    const lines = [element("p", {}, element("strong", { textContent: row.name }), `: ${told}`)];
    if (row.retained > row.bytes) lines[0].append(`; ${this.atLeast}${number(row.retained)} bytes would leave with it`);
    if (row.approximate) lines[0].append("; ≈ approximate: inlined code counts where it came from");
    if (row.word) lines[0].append("; ", element("span", { className: row.word, textContent: `${row.word}, ${signed(row.delta)}` }));
    if (row.of?.word) lines[0].append(`; ${row.of.name} as a whole: ${signed(row.of.delta)}`);
    if (row.where) lines.push(element("p", {}, element("code", { textContent: row.where })));
    if (row.functions) lines.push(this.link(row));
    this.describe(...lines, ...this.chain(row));
  }

  link(row) {
    const button = element("button", { type: "button", className: "plain", textContent: `Its ${number(row.functions)} functions` });
    button.addEventListener("click", () => {
      this.root.querySelector(".rows").value = "functions";
      this.root.querySelector("input").value = `^${literally(row.package)}$`;
      this.search();
    });
    return button;
  }

  chain(row) {
    const links = [];
    for (let at = row.functions === undefined ? row : row.before; at; at = at.before) {
      links.unshift(typeof at === "string" ? at : at.name);
      if (typeof at === "string" || links.length > 200) break;
    }
    if (links.length < 2) return [];
    const list = element("ol", {}, ...links.map((name) => element("li", {}, element("code", { textContent: name }))));
    return [element("p", { textContent: "It is there because each of these leads to the next:" }), list];
  }
}

// A regular expression that finds this text and nothing else.
const literally = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

// What the address names: a profile's section, a part of its module, and which one of that name.
function address() {
  const [section, part, number] = location.hash.slice(1).split("/");
  return [section, part && decoded(part), number];
}

// Of an address that was cut on its way, what there is of it.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// The profile that the address names; else the first one that does not pass, or the first one.
function showProfile() {
  const sections = [...document.querySelectorAll(".profile")];
  const [id] = address();
  const wanted = decoded(id);
  const all = wanted === "all" && sections.length > 1;
  const shown = sections.find((section) => [wanted, id].includes(section.id))
    ?? sections.find((section) => section.querySelector("h2 .verdict:not(.passed)")) ?? sections[0];
  document.body.classList.toggle("one", !all);
  sections.forEach((section) => section.classList.toggle("shown", section === shown));
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.hash === (all ? "#all" : `#${shown?.id}`);
    here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    if (here) link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft;
  }
}

// A link to a part leads to the map, of which the browser knows nothing by the address.
function showPart() {
  const [id, part] = address();
  if (!part) return;
  const root = document.querySelector(`.breakdown[data-profile="${CSS.escape(id)}"]`);
  root?.scrollIntoView();
  breakdowns.get(root)?.follow();
}

// A picture that several profiles have is in the page once.
for (const image of document.querySelectorAll("img[data-like]")) {
  image.src = document.getElementById(image.dataset.like).src;
}

const breakdowns = new Map();
addEventListener("hashchange", () => { showProfile(); showPart(); });
showProfile();
unpack().then((unpacked) => {
  data = unpacked;
  for (const root of document.querySelectorAll(".breakdown")) {
    const begin = new IntersectionObserver((seen) => {
      if (!seen.some((entry) => entry.isIntersecting)) return;
      begin.disconnect();
      breakdowns.set(root, new Breakdown(root));
    }, { rootMargin: "600px" });
    begin.observe(root);
  }
  // Paper has all profiles, and nothing on it is scrolled to.
  addEventListener("beforeprint", () => {
    document.body.classList.remove("one"); // what is not shown has no width to draw a map in
    for (const root of document.querySelectorAll(".breakdown")) {
      if (!breakdowns.has(root)) breakdowns.set(root, new Breakdown(root));
      breakdowns.get(root).draw();
    }
  });
  addEventListener("afterprint", showProfile);
  showPart();
});
