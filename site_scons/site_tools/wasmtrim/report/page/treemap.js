// The parts as a treemap: origin, package, function; a click goes in, Escape goes out.
const LEVELS = 3; // below the node that is looked at: as much as can be read at a time

class Treemap {
  constructor(area, view) {
    this.area = area;
    this.map = area.querySelector(".map");
    this.view = view;
    area.hidden = false;
    this.measure();
    this.map.addEventListener("keydown", (event) => this.key(event));
    let width = 0;
    new ResizeObserver(() => {
      if (this.map.clientWidth !== width) { width = this.map.clientWidth; this.draw(); }
    }).observe(this.map);
  }

  // Lay out by the metric that was chosen; from then on the whole module is looked at.
  measure() {
    this.tree = d3.hierarchy(this.origins(), (node) => node.children)
      .sum((node) => (node.children ? 0 : node[this.view.metric])).sort((a, b) => b.value - a.value);
    this.zoomed = this.tree;
  }

  origins() {
    const groups = new Map();
    for (const row of this.view.rows.functions) {
      if (!row.bytes) continue;
      const group = groups.get(row.group) ?? new Map();
      group.set(row.package, [...(group.get(row.package) ?? []), row]);
      groups.set(row.group, group);
    }
    const children = [...groups].map(([name, owners]) => ({ name, group: name,
      children: [...owners].map(([owner, rows]) => ({ name: owner, group: name, children: rows })) }));
    children.push({ name: "other sections", group: "section", children: this.view.sections });
    return { name: "module", group: "", children };
  }

  // Bring a part into sight, where it isn't large enough to be seen: a package as a whole, a
  // function within its package.
  show(row) {
    this.draw();
    const tile = this.map.querySelector("[aria-pressed]");
    if (tile?.offsetWidth > 24 && tile.offsetHeight > 14) return;
    const node = this.tree.find((node) => node.data === row
      || (row.functions !== undefined && node.depth === 2 && node.data.name === row.name));
    if (!node) return;
    this.zoomed = node.children ? node : node.parent;
    this.draw();
  }

  zoom(node) {
    if (!node) return;
    this.zoomed = node;
    this.draw();
    this.map.querySelector(".tile")?.focus({ preventScroll: true });
  }

  // One stop of the Tab key for the whole map; arrows go from tile to tile.
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
    const below = (node, levels) => ({ node,
      below: levels && node.children ? node.children.map((child) => below(child, levels - 1)) : undefined });
    const copy = d3.hierarchy(below(this.zoomed, LEVELS), (node) => node.below)
      .sum((node) => (node.below ? 0 : node.node.value)).sort((a, b) => b.value - a.value);
    d3.treemap().size([this.map.clientWidth, this.map.clientHeight]).paddingInner(1)
      .paddingTop((place) => (this.framed(place) ? 17 : 0))(copy);
    const tiles = copy.descendants().slice(1)
      .filter((place) => place.x1 - place.x0 >= 3 && place.y1 - place.y0 >= 3)
      .map((place) => this.tile(place));
    // Who is in the map stays in it: on the same part, or else on the first one.
    const focused = this.map.contains(document.activeElement) && document.activeElement.ariaLabel;
    const stop = tiles.find((tile) => tile.ariaLabel === focused) ?? tiles[0];
    tiles.forEach((tile) => { tile.tabIndex = tile === stop ? 0 : -1; });
    this.map.replaceChildren(...tiles);
    if (focused) stop?.focus({ preventScroll: true });
    this.trail();
    this.legend();
  }

  framed(place) {
    return place.children && place.depth > 0 && place.x1 - place.x0 > 30 && place.y1 - place.y0 > 30;
  }

  tile(place) {
    const { node } = place.data;
    const { view } = this;
    const leaves = node.leaves();
    const changed = leaves.reduce((sum, leaf) => sum + (leaf.data.delta ?? 0), 0);
    const added = leaves.every((leaf) => leaf.data.word === "added");
    const label = `${node.data.name}, ${number(node.value)} ${view.metric},`
      + ` ${percent(node.value, view.whole[view.metric])} %${changed ? `, ${signed(changed)}` : ""}`;
    const wide = place.x1 - place.x0 > 40 && place.y1 - place.y0 > 14;
    const made = element("button", { type: "button", title: label, ariaLabel: label,
      className: place.children ? "tile frame" : "tile", textContent: wide ? short(node.data) : "" });
    Object.assign(made.style, { left: `${place.x0}px`, top: `${place.y0}px`,
      width: `${place.x1 - place.x0}px`, height: `${place.y1 - place.y0}px`,
      background: `var(--${this.shade(node.data.group, changed, added)})` });
    if (view.chosen && this.row(node) === view.chosen) made.ariaPressed = "true";
    if (view.wanted && !place.children && leaves.some((leaf) => view.found(leaf.data))) made.dataset.found = "";
    made.addEventListener("click", () => {
      view.choose(this.row(node), node);
      if (node.children) this.zoom(node);
    });
    return made;
  }

  // A package's node has its functions below it; the row of the table knows more of it.
  row(node) {
    return node.depth === 2 && node.children
      ? this.view.rows.packages.find((row) => row.package === node.data.name && row.functions !== undefined) : node.data;
  }

  shade(group, changed, added) {
    if (this.view.colour === "group") return GROUPS[group] ?? "unknown";
    return added ? "added" : changed > 0 ? "grown" : changed < 0 ? "shrunk" : "same";
  }

  trail() {
    const links = this.zoomed.ancestors().reverse().map((node) => {
      const button = element("button", { type: "button", className: "plain",
        textContent: `${node.data.name}: ${number(node.value)}`, disabled: node === this.zoomed });
      button.addEventListener("click", () => this.zoom(node));
      return button;
    });
    this.area.querySelector(".trail").replaceChildren(...links);
  }

  legend() {
    const byOrigin = this.view.colour === "group";
    const there = new Set(this.tree.children.map((node) => node.data.group));
    const shades = byOrigin ? Object.entries(GROUPS).filter(([name]) => there.has(name))
      : [["added", "added"], ["grown", "grown"], ["shrunk", "shrunk"], ["same size", "same"]];
    const keys = shades.map(([name, shade]) => {
      const patch = element("i");
      patch.style.background = `var(--${shade})`;
      return element("span", { className: "key" }, patch, name);
    });
    const note = byOrigin ? "" : "What was removed is in the table only.";
    this.area.querySelector(".keys").replaceChildren(...keys, note);
  }
}
