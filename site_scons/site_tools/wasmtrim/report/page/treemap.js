// The parts as a treemap: group, package, function; a click goes in, Escape goes out.
const LEVELS = 3; // below the node that is shown: as much as can be read at a time
const GAP = 1, TITLE = 17; // pixels: between tiles, and of a frame's title
const SMALLEST = 3; // pixels: what is narrower or lower is drawn as one tile, `N smaller`
const STRETCH = 1.6; // width to height of a tile, as near as may be: names are wide

class Treemap {
  constructor(area, breakdown) {
    this.area = area;
    this.map = area.querySelector(".map");
    this.breakdown = breakdown;
    area.hidden = false;
    this.measure();
    this.map.addEventListener("keydown", (event) => this.key(event));
    let width = 0;
    new ResizeObserver(() => {
      if (this.map.clientWidth !== width) { width = this.map.clientWidth; this.draw(); }
    }).observe(this.map);
  }

  // Count by the metric that was chosen, and show the whole module.
  measure() {
    const { rows, sections, metric } = this.breakdown;
    this.tree = moduleTree(rows.functions, sections, metric);
    this.zoomed = this.tree;
  }

  // Zoom to a part whose tile is too small to be seen: to a package as a whole, to a function
  // within its package.
  show(row) {
    this.draw();
    const tile = this.map.querySelector("[aria-pressed]");
    if (tile?.offsetWidth > 24 && tile.offsetHeight > 14) return;
    const node = this.tree.find((node) => node.data === row
      || (row.functions !== undefined && node.depth === 2 && node.data.name === row.name));
    if (!node) return;
    for (let at = node.children ? node : node.parent; at; at = this.restWith(row)) {
      this.zoomed = at;
      this.draw();
    }
  }

  // The tile of smaller ones that stands in for this row.
  restWith(row) {
    return this.items.map(({ node }) => node)
      .find((node) => node.isRest && node.children.some((child) => child.data === row));
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
    this.items = this.layout();
    const tiles = this.items.map((item) => this.tile(item));
    // The focus stays in the map: on the same part, or else on the first one.
    const focused = this.map.contains(document.activeElement) && document.activeElement.ariaLabel;
    const stop = tiles.find((tile) => tile.ariaLabel === focused) ?? tiles[0];
    tiles.forEach((tile) => { tile.tabIndex = tile === stop ? 0 : -1; });
    this.map.replaceChildren(...tiles);
    if (focused) stop?.focus({ preventScroll: true });
    this.trail();
    this.legend();
  }

  // {node, box, open, title} of all that is drawn, level by level; an open node has its children in
  // it, below a title of so many pixels.
  layout() {
    const whole = { x: 0, y: 0, width: this.map.clientWidth, height: this.map.clientHeight };
    const items = [{ node: this.zoomed, box: whole, open: true, title: 0 }];
    for (const { node, box, open, title } of items) { // grows while it is gone through
      if (!open) continue;
      const children = node.children.filter((child) => child.value > 0);
      const inner = { x: box.x / STRETCH, y: box.y + title, width: box.width / STRETCH, height: box.height - title };
      const least = { width: (SMALLEST + GAP) / STRETCH, height: SMALLEST + GAP };
      const { kept, tiles } = squarifyWithRest(children.map((child) => child.value), inner, least);
      tiles.forEach((tile, at) => {
        const child = at < kept || at === children.length - 1 ? children[at] : node.rest(children.slice(kept));
        const box = { ...tile, x: tile.x * STRETCH, width: tile.width * STRETCH };
        if (box.width < SMALLEST + GAP || box.height < SMALLEST + GAP) return;
        const open = child.children && !child.isRest && child.depth < this.zoomed.depth + LEVELS;
        items.push({ node: child, box, open, title: open && box.width > 40 && box.height > 30 ? TITLE : 0 });
      });
    }
    return items.slice(1);
  }

  tile({ node, box, open, title }) {
    const { breakdown } = this;
    const leaves = node.leaves();
    const changed = leaves.reduce((sum, leaf) => sum + (leaf.data.delta ?? 0), 0);
    const added = leaves.every((leaf) => leaf.data.word === "added");
    const label = `${node.data.name}, ${number(node.value)} ${breakdown.metric},`
      + ` ${percent(node.value, breakdown.whole[breakdown.metric])} %${changed ? `, ${signed(changed)}` : ""}`;
    const named = open ? title > 0 : box.width > 41 && box.height > 15;
    const made = element("button", { type: "button", title: label, ariaLabel: label,
      className: open ? "tile frame" : "tile" }, ...(named ? [element("span", { textContent: short(node.data) })] : []));
    const across = (pixels) => `${100 * pixels / this.map.clientWidth}%`; // paper is narrower
    Object.assign(made.style, { left: across(box.x + GAP / 2), top: `${box.y + GAP / 2}px`,
      width: across(box.width - GAP), height: `${box.height - GAP}px`,
      background: `var(--${this.shade(node.data.group, changed, added)})` });
    if (breakdown.chosen && this.row(node) === breakdown.chosen) made.ariaPressed = "true";
    if (breakdown.query && !open && leaves.some((leaf) => breakdown.matches(leaf.data))) made.dataset.found = "";
    made.addEventListener("click", () => {
      if (!node.isRest) breakdown.choose(this.row(node), node);
      if (node.children) this.zoom(node);
    });
    return made;
  }

  // A package's node has its functions below it; the row of the table knows more of it.
  row(node) {
    return node.depth === 2 && node.children && !node.isRest
      ? this.breakdown.rows.packages.find((row) => row.package === node.data.name && row.functions !== undefined)
      : node.data;
  }

  shade(group, changed, added) {
    if (this.breakdown.colour === "group") return GROUPS[group] ?? "unknown";
    return added ? "added" : changed > 0 ? "grown" : changed < 0 ? "shrunk" : "same";
  }

  trail() {
    const links = this.zoomed.path().map((node) => {
      const button = element("button", { type: "button", className: "plain",
        textContent: `${node.data.name}: ${number(node.value)}`, disabled: node === this.zoomed });
      button.addEventListener("click", () => this.zoom(node));
      return button;
    });
    this.area.querySelector(".trail").replaceChildren(...links);
  }

  legend() {
    const byGroup = this.breakdown.colour === "group";
    const there = new Set(this.tree.children.map((node) => node.data.group));
    const shades = byGroup ? Object.entries(GROUPS).filter(([name]) => there.has(name))
      : [["added", "added"], ["grown", "grown"], ["shrunk", "shrunk"], ["same size", "same"]];
    const keys = shades.map(([name, shade]) => {
      const patch = element("i");
      patch.style.background = `var(--${shade})`;
      return element("span", { className: "key" }, patch, name);
    });
    const note = byGroup ? "" : "What was removed is in the table only.";
    this.area.querySelector(".keys").replaceChildren(...keys, note);
  }
}
