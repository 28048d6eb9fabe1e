"use strict";
// The parts of each module: a table with search, and a treemap where the drawing library is there.
const data = JSON.parse(document.getElementById("data").textContent);
const ROWS_AT_ONCE = 25;
const number = (value) => value.toLocaleString("en");
const signed = (value) => (value > 0 ? "+" : "") + number(value);
const GROUPS = { own: "own", runtime: "runtime", "standard library": "standard",
  "third party": "third", unknown: "unknown", section: "section" };

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// All parts as rows: {name, package, group, bytes, gzip, retained, before, delta, word}; those that
// were removed have no bytes. `before` is a row, or in words what of the module leads there.
function parts(module, changes) {
  const changed = new Map();
  for (const [name, owner, old, now] of changes ? changes.functions : []) {
    const key = `${owner}\n${name}\n${now}`;
    changed.set(key, [...(changed.get(key) ?? []), old]);
  }
  const functions = module.functions.map(([name, owner, bytes, gzip, retained, before]) => {
    const [label, group] = data.packages[owner];
    const row = { name: data.names[name], package: label, group, bytes, gzip, retained, before,
      delta: 0, word: "" };
    const old = changed.get(`${label}\n${row.name}\n${bytes}`)?.shift();
    return old === undefined ? row : mark(row, old);
  });
  for (const row of functions) row.before = functions[row.before] ?? row.before;
  for (const [name, owner, old, now] of changes ? changes.functions : []) {
    if (now === null) functions.push(mark({ name, package: owner, group: "", bytes: 0, gzip: 0 }, old));
  }
  const before = new Map(changes ? changes.sections.map(([name, old]) => [name, old]) : []);
  const sections = module.sections.map(([name, bytes, gzip]) => {
    const row = { name: `section ${name}`, package: "", group: "section", bytes, gzip, delta: 0, word: "" };
    // The functions are rows of their own; what is left of their section is its framing.
    if (name === "code") row.name += ", framing";
    return before.has(name) && name !== "code" ? mark(row, before.get(name)) : row;
  });
  return { functions, sections };
}

function mark(row, old) {
  row.delta = row.bytes - (old ?? 0);
  row.word = old === null ? "added" : row.bytes === 0 ? "removed" : row.delta > 0 ? "grown" : "shrunk";
  return row;
}

function packages(functions, module) {
  const sums = new Map();
  for (const row of functions) {
    const sum = sums.get(row.package) ?? { name: row.package, package: row.package, group: row.group,
      bytes: 0, gzip: 0, delta: 0, functions: 0, word: "" };
    sum.bytes += row.bytes;
    sum.gzip += row.gzip;
    sum.delta += row.delta;
    sum.group ||= row.group;
    sum.functions += row.bytes > 0 ? 1 : 0;
    sums.set(row.package, sum);
  }
  for (const sum of sums.values()) {
    const [retained, nearest] = module.packages[sum.name] ?? [];
    Object.assign(sum, { retained, before: nearest === undefined ? "" : functions[nearest] ?? "" });
    if (sum.delta) sum.word = sum.bytes === 0 ? "removed" : sum.delta === sum.bytes ? "added" :
      sum.delta > 0 ? "grown" : "shrunk";
  }
  return [...sums.values()];
}

// Within a package's frame a function needs no package before its name.
function short(row) {
  const prefix = `${row.package}.`;
  return row.package && row.name.startsWith(prefix) ? row.name.slice(prefix.length) : row.name;
}

class Attribution {
  constructor(root) {
    this.root = root;
    const module = data.modules[root.dataset.module];
    this.changes = data.changes[root.dataset.profile];
    const { functions, sections } = parts(module, this.changes);
    this.size = module.size;
    this.rows = { functions, packages: [...packages(functions, module), ...sections] };
    this.sections = sections;
    this.sort = { key: "bytes", down: true };
    this.shown = ROWS_AT_ONCE;
    this.search = root.querySelector("input");
    this.kind = root.querySelector(".rows");
    this.colour = root.querySelector(".colour");
    this.search.addEventListener("input", () => { this.shown = ROWS_AT_ONCE; this.table(); this.draw(); });
    this.kind.addEventListener("change", () => { this.shown = ROWS_AT_ONCE; this.table(); });
    this.colour.addEventListener("change", () => this.draw());
    this.table();
    if (typeof d3 !== "undefined") {
      root.querySelector(".map-area").hidden = false;
      this.zoomed = this.tree = this.hierarchy();
      this.map = root.querySelector(".map");
      this.map.addEventListener("keydown", (event) => this.key(event));
      let width = 0;
      new ResizeObserver(() => {
        if (this.map.clientWidth !== width) { width = this.map.clientWidth; this.draw(); }
      }).observe(this.map);
    }
  }

  found(row) {
    const wanted = this.search.value.trim().toLowerCase();
    return !wanted || row.name.toLowerCase().includes(wanted) || row.package.toLowerCase().includes(wanted);
  }

  // The table

  columns() {
    const functions = this.kind.value === "functions";
    return [["name", functions ? "function" : "package or section"],
      functions ? ["package", "package"] : ["group", "origin"],
      ["bytes", "bytes"], ["share", "%"], ["gzip", "gzip"], ...(functions ? [] : [["functions", "functions"]]),
      ...(this.changes ? [["delta", "delta"], ["word", "change"]] : [])];
  }

  table() {
    const columns = this.columns();
    const head = element("tr");
    for (const [key, title] of columns) {
      const sorted = this.sort.key === (key === "share" ? "bytes" : key) && key !== "share";
      const button = element("button", { type: "button", textContent: title });
      button.addEventListener("click", () => this.order(key === "share" ? "bytes" : key));
      const cell = element("th", { scope: "col", className: this.numeric(key) ? "number" : "" }, button);
      if (sorted) cell.ariaSort = this.sort.down ? "descending" : "ascending";
      head.append(cell);
    }
    const { key, down } = this.sort;
    const rows = this.rows[this.kind.value].filter((row) => this.found(row));
    const value = (row) => (key === "delta" ? Math.abs(row.delta) : row[key] ?? 0);
    rows.sort((a, b) => {
      const order = this.numeric(key) ? value(a) - value(b) : String(value(a)).localeCompare(String(value(b)));
      return (down ? -order : order) || a.name.localeCompare(b.name);
    });
    const lines = rows.slice(0, this.shown).map((row) => {
      const line = element("tr");
      for (const [key] of columns) line.append(this.cell(row, key));
      return line;
    });
    this.root.querySelector(".parts thead").replaceChildren(head);
    this.root.querySelector(".parts tbody").replaceChildren(...lines);
    const more = this.root.querySelector(".more");
    const total = rows.reduce((sum, row) => sum + row.bytes, 0);
    more.replaceChildren(`${number(rows.length)} rows, ${number(total)} of ${number(this.size)} bytes. `);
    if (rows.length > this.shown) {
      const button = element("button", { type: "button", className: "plain", textContent: "Show more" });
      button.addEventListener("click", () => { this.shown *= 4; this.table(); });
      more.append(button);
    }
  }

  numeric(key) { return ["bytes", "share", "gzip", "delta", "functions"].includes(key); }

  cell(row, key) {
    if (key === "name") {
      const name = element("code", { textContent: row.name });
      if (row.before === undefined) return element("td", { className: "name" }, name);
      const button = element("button", { type: "button", className: "link" }, name);
      button.addEventListener("click", () => this.choose(row));
      return element("td", { className: "name" }, button);
    }
    const share = () => (100 * row.bytes / this.size).toFixed(1);
    const text = key === "share" ? share() : key === "delta" ? (row.delta ? signed(row.delta) : "") :
      this.numeric(key) ? (row[key] === undefined ? "" : number(row[key])) : row[key];
    return element("td", { className: this.numeric(key) ? "number" : "", textContent: text });
  }

  order(key) {
    this.sort = { key, down: this.sort.key === key ? !this.sort.down : this.numeric(key) };
    this.table();
    const place = this.columns().findIndex(([name]) => name === key);
    this.root.querySelectorAll(".parts th button")[place].focus();
  }

  // The treemap

  hierarchy() {
    const groups = new Map();
    for (const row of this.rows.functions) {
      if (!row.bytes) continue;
      const group = groups.get(row.group) ?? new Map();
      group.set(row.package, [...(group.get(row.package) ?? []), row]);
      groups.set(row.group, group);
    }
    const children = [...groups].map(([name, owners]) => ({ name, group: name,
      children: [...owners].map(([owner, rows]) => ({ name: owner, group: name, children: rows })) }));
    children.push({ name: "other sections", group: "section", children: this.sections });
    return d3.hierarchy({ name: "module", group: "", children }, (node) => node.children)
      .sum((node) => (node.children ? 0 : node.bytes)).sort((a, b) => b.value - a.value);
  }

  zoom(node) {
    if (!node) return;
    this.zoomed = node;
    this.draw();
    (this.map.querySelector(".tile") ?? this.map).focus({ preventScroll: true });
  }

  // One stop of the Tab key for the whole map; arrows go from tile to tile, Escape zooms out.
  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.zoom(this.zoomed.parent);
    if (!step) return;
    const tiles = [...this.map.children];
    const next = tiles.at((tiles.indexOf(document.activeElement) + step) % tiles.length);
    tiles.forEach((tile) => { tile.tabIndex = tile === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
  }

  draw() {
    if (!this.map) return;
    const view = this.zoomed;
    const { clientWidth, clientHeight } = this.map;
    const copy = d3.hierarchy(this.cut(view), (node) => node.below)
      .sum((node) => (node.below ? 0 : node.node.value)).sort((a, b) => b.value - a.value);
    d3.treemap().size([clientWidth, clientHeight]).paddingTop((node) => (node.depth === 1 && node.children ? 17 : 0))
      .paddingInner(1)(copy);
    const tiles = copy.descendants().slice(1)
      .filter((node) => node.x1 - node.x0 >= 3 && node.y1 - node.y0 >= 3).map((node) => this.tile(node));
    tiles.forEach((tile, place) => { tile.tabIndex = place === 0 ? 0 : -1; });
    this.map.replaceChildren(...tiles);
    this.trail();
    this.legend();
  }

  // Two levels below a node, which is as much as can be read at a time.
  cut(node) {
    const leaf = (child) => ({ node: child });
    return { node, below: (node.children ?? [node]).map((child) => (
      child.children ? { node: child, below: child.children.map(leaf) } : leaf(child))) };
  }

  tile(place) {
    const { node } = place.data;
    const row = node.data;
    const share = (100 * node.value / this.size).toFixed(1);
    const leaves = node.leaves();
    const changed = leaves.reduce((sum, leaf) => sum + (leaf.data.delta ?? 0), 0);
    const added = leaves.every((leaf) => leaf.data.word === "added");
    const label = `${row.name}, ${number(node.value)} bytes, ${share} %` + (changed ? `, ${signed(changed)}` : "");
    const wide = place.x1 - place.x0 > 40 && place.y1 - place.y0 > 14;
    const made = element("button", { type: "button", title: label, ariaLabel: label,
      className: place.children ? "tile frame" : "tile", textContent: wide ? short(row) : "" });
    Object.assign(made.style, { left: `${place.x0}px`, top: `${place.y0}px`,
      width: `${place.x1 - place.x0}px`, height: `${place.y1 - place.y0}px`,
      background: `var(--${this.shade(row.group, changed, added)})` });
    if (this.search.value.trim() && leaves.some((leaf) => this.found(leaf.data)) && !place.children) {
      made.dataset.found = "";
    }
    made.addEventListener("click", () => { this.choose(node.data, node); if (node.children) this.zoom(node); });
    return made;
  }

  shade(group, changed, added) {
    if (this.colour.value === "group") return GROUPS[group] ?? "unknown";
    return added ? "added" : changed > 0 ? "grown" : changed < 0 ? "shrunk" : "same";
  }

  trail() {
    const links = this.zoomed.ancestors().reverse().map((node) => {
      const button = element("button", { type: "button", className: "plain",
        textContent: `${node.data.name}: ${number(node.value)}`, disabled: node === this.zoomed });
      button.addEventListener("click", () => this.zoom(node));
      return button;
    });
    this.root.querySelector(".trail").replaceChildren(...links);
  }

  legend() {
    const shades = this.colour.value === "group" ? Object.entries(GROUPS) :
      [["added", "added"], ["grown", "grown"], ["shrunk", "shrunk"], ["same size", "same"]];
    const keys = shades.map(([name, shade]) => {
      const patch = element("i");
      patch.style.background = `var(--${shade})`;
      return element("span", { className: "key" }, patch, name);
    });
    const note = this.colour.value === "group" ? "" : "What was removed is in the table only.";
    this.root.querySelector(".keys").replaceChildren(...keys, note);
  }

  // What is known of a part: its sizes, what would leave with it, and the chain that keeps it.
  choose(part, node) {
    const panel = this.root.querySelector(".chosen");
    const bytes = part.bytes ?? node.value;
    const row = part.children && part.group ? this.rows.packages.find((other) => other.name === part.name
      && other.group !== "section") ?? part : part;
    const lines = [element("strong", { textContent: row.name }),
      `: ${number(bytes)} bytes, ${(100 * bytes / this.size).toFixed(2)} % of the module`];
    if (row.gzip !== undefined) lines.push(`, ${number(row.gzip)} in the gzip file`);
    if (row.retained > bytes) lines.push(`; ${number(row.retained)} would leave with it`);
    if (row.word) lines.push(`; ${row.word}, ${signed(row.delta)}`);
    panel.replaceChildren(element("p", {}, ...lines), ...this.chain(row));
    panel.hidden = false;
  }

  chain(row) {
    const links = [];
    const own = row.functions === undefined ? [row] : [];
    for (let at = own[0] ?? row.before; at; at = at.before) {
      links.unshift(typeof at === "string" ? at : at.name);
      if (typeof at === "string" || links.length > 200) break;
    }
    if (links.length < 2) return [];
    const list = element("ol", {}, ...links.map((name) => element("li", {}, element("code", { textContent: name }))));
    return [element("p", { textContent: "It is there because each of these leads to the next:" }), list];
  }
}

for (const root of document.querySelectorAll(".attribution")) {
  const begin = new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting)) { begin.disconnect(); new Attribution(root); }
  }, { rootMargin: "600px" });
  begin.observe(root);
}
