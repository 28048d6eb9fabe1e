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
    this.items = []; // until it is drawn
    this.measure();
    this.map.addEventListener("keydown", (event) => this.key(event));
    let width = 0;
    new ResizeObserver(() => {
      if (this.map.clientWidth !== width) { width = this.map.clientWidth; this.draw(); }
    }).observe(this.map);
  }

  // Count by the metric that was chosen, and show the whole module.
  measure() {
    const { rows, metric } = this.breakdown;
    this.tree = moduleTree(rows.functions, rows.packages, metric);
    this.zoomed = this.tree;
    this.area.hidden = false;
  }

  // Zoom to a part whose tile is too small to be seen: to a package as a whole, to a function
  // within its package.
  show(row) {
    this.draw();
    const tile = this.map.querySelector("[aria-pressed]");
    if (tile?.offsetWidth > 24 && tile.offsetHeight > 14) return;
    const node = this.tree.find((node) => node.row === row);
    if (!node) return;
    for (let at = node.children ? node : node.parent; at; at = this.restWith(row)) {
      this.zoomed = at;
      this.draw();
    }
  }

  // The tile of smaller ones that stands in for this row.
  restWith(row) {
    return this.items.map(({ node }) => node)
      .find((node) => node.isRest && node.children.some((child) => child.row === row));
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
    this.mark();
    if (focused) stop?.focus({ preventScroll: true });
    this.trail();
    this.legend();
  }

  // Mark the tiles that hold what is searched for.
  mark() {
    const { breakdown } = this;
    this.items.forEach(({ node, open }, at) => {
      const found = breakdown.query && !open && node.leaves().some((leaf) => breakdown.matches(leaf.data));
      this.map.children[at].toggleAttribute("data-found", Boolean(found));
    });
  }

  // {node, box, open, title} of all that is drawn, level by level; an open node has its children in
  // it, below a title of so many pixels.
  layout() {
    const whole = { x: 0, y: 0, width: this.map.clientWidth, height: this.map.clientHeight };
    const items = [{ node: this.zoomed, box: whole, open: true, title: 0 }];
    for (const item of items) { // grows while it is gone through
      const { node, box, open, title } = item;
      if (!open) continue;
      const before = items.length;
      const children = node.children.filter((child) => child.value > 0);
      const inner = { x: box.x / STRETCH, y: box.y + title, width: box.width / STRETCH, height: box.height - title };
      const least = { width: (SMALLEST + GAP) / STRETCH, height: SMALLEST + GAP };
      const { kept, tiles, fits } = squarifyWithRest(children.map((child) => child.value), inner, least);
      if (!fits && node !== this.zoomed) { // no room for them: it is a tile, to be zoomed into
        Object.assign(item, { open: false, title: 0 });
        continue;
      }
      tiles.forEach((tile, at) => {
        const child = at < kept || at === children.length - 1 ? children[at] : node.rest(children.slice(kept));
        const box = { ...tile, x: tile.x * STRETCH, width: tile.width * STRETCH };
        if (box.width < SMALLEST + GAP || box.height < SMALLEST + GAP) return;
        const open = child.children && !child.isRest && child.depth < this.zoomed.depth + LEVELS;
        items.push({ node: child, box, open, title: open && box.width > 40 && box.height > 30 ? TITLE : 0 });
      });
      item.open = items.length > before; // there may be no room for any of them
    }
    return items.slice(1);
  }

  tile({ node, box, open, title }) {
    const { breakdown } = this;
    const label = this.label(node);
    const named = open ? title > 0 : box.width > 41 && box.height > 15;
    const made = element("button", { type: "button", title: label, ariaLabel: label,
      className: open ? "tile frame" : "tile" }, ...(named ? [element("span", { textContent: short(node.data) })] : []));
    const across = (pixels) => `${100 * pixels / this.map.clientWidth}%`; // paper is narrower
    Object.assign(made.style, { left: across(box.x + GAP / 2), top: `${box.y + GAP / 2}px`,
      width: across(box.width - GAP), height: `${box.height - GAP}px` });
    made.style.setProperty("--fill", this.fill(node));
    if (breakdown.chosen && node.row === breakdown.chosen) made.ariaPressed = "true";
    made.addEventListener("click", () => {
      if (!node.isRest) breakdown.choose(node.row, node);
      if (node.children) this.zoom(node);
    });
    return made;
  }

  label(node) {
    const { metric, whole } = this.breakdown;
    const { of, row } = node.data;
    const inlined = row && !node.children && row.package !== node.data.package ? ", inlined code" : "";
    return `${node.data.name}${inlined}, ${number(node.value)} ${metric}, ${percent(node.value, whole[metric])} %`
      + (node.delta ? `, ${signed(node.delta)}` : of?.delta ? `, ${of.name} ${signed(of.delta)}` : "");
  }

  // The more bytes came or went, the fuller the colour. The change of an opened section is spread over
  // its parts, as nothing more is known of them.
  fill(node) {
    if (this.breakdown.colour === "group") return `var(--${GROUPS[node.data.group] ?? "unknown"})`;
    const { of } = node.data;
    const delta = node.delta || (of ? of.delta * node.data.bytes / of.bytes : 0);
    if (!delta) return "var(--same)";
    const added = node.leaves().every((leaf) => leaf.data.word === "added");
    return this.mixed(added ? "added" : delta > 0 ? "grown" : "shrunk", delta);
  }

  mixed(colour, delta) {
    const share = Math.min(1, Math.sqrt(Math.abs(delta) / this.breakdown.largest));
    return `color-mix(in srgb, var(--${colour}) ${Math.round(15 + 85 * share)}%, var(--same))`;
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
    const { largest } = this.breakdown;
    const scale = (shade) => `linear-gradient(to right, ${[0, .1, .5, 1].map((part) => (
      `${this.mixed(shade, part * largest)} ${100 * part}%`))})`;
    const shades = byGroup
      ? Object.entries(GROUPS).filter(([name]) => there.has(name)).map(([name, shade]) => [name, `var(--${shade})`])
      : [["same size", "var(--same)"], ...["shrunk", "grown", "added"].map((shade) => [shade, scale(shade)])];
    const keys = shades.map(([name, background]) => {
      const patch = element("i", { className: name === "same size" || byGroup ? "" : "scale" });
      patch.style.background = background;
      return element("span", { className: "key" }, patch, name);
    });
    const notes = byGroup ? [] : [`A full colour stands for ${number(largest)} bytes or more.`];
    if (!byGroup && this.tree.leaves().some((leaf) => leaf.data.of?.delta)) {
      notes.push("Of an opened section the base knows the whole only: its change is spread over its parts by their bytes.");
    }
    this.area.querySelector(".keys").replaceChildren(...keys, notes.join(" "));
  }
}
