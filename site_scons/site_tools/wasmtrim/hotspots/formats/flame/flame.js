// A flame graph, the callers on top: each stack is a bar as wide as its share of the one on show.
const ROW = 21; // pixels
const NARROWEST = 1; // pixels that a bar must have to be drawn
const SHOWN = 30; // rows of the table
const CLASSES = { own: "own", runtime: "runtime", "standard library": "standard", "third party": "third", unknown: "unknown" };
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");
const percent = (part, whole) => (whole ? `${(100 * part / whole).toFixed(1)} %` : "");

class Flame {
  constructor(data) {
    const count = byId("metric").options.length;
    this.stacks = data.stacks.map(([place, parent, ...figures], at) => {
      const [name, owner, group, where] = data.functions[place];
      return { at, place, parent, name, owner, group, where, called: [], own: figures.slice(0, count),
        total: figures.slice(count), before: data.before ? data.before[at] : undefined };
    });
    this.compares = Boolean(data.before);
    const every = [...byId("metric").options].map((_, at) => this.stacks.reduce((sum, stack) => sum + stack.own[at], 0));
    this.root = { at: -1, name: "all", owner: "", group: "", where: "", parent: null, called: [], own: every.map(() => 0), total: every };
    for (const stack of this.stacks) (this.stacks[stack.parent] ?? this.root).called.push(stack);
    this.root.total = this.root.total.map((_, at) => this.root.called.reduce((sum, stack) => sum + stack.total[at], 0));
    this.shown = this.root;
    byId("metric").addEventListener("change", () => this.draw());
    byId("find").addEventListener("input", () => this.draw());
    byId("whole").addEventListener("click", () => this.show(this.root));
    byId("flame").addEventListener("keydown", (event) => this.move(event));
    addEventListener("resize", () => this.draw());
    this.legend();
    this.draw();
  }

  get metric() { return Number(byId("metric").value); }
  get unit() { return byId("metric").selectedOptions[0].textContent; }

  legend() {
    const words = this.compares ? { grown: "grew", added: "a new stack", shrunk: "shrank", same: "the same" }
      : { own: "own", runtime: "runtime", standard: "standard library", third: "third party", unknown: "unknown" };
    byId("legend").append(...Object.entries(words).map(([name, text]) => {
      const patch = element("i");
      patch.style.background = `var(--${name})`;
      return element("span", { className: "key" }, patch, text);
    }));
  }

  colour(stack) {
    if (!this.compares || stack === this.root) return CLASSES[stack.group] ?? "unknown";
    if (!stack.before) return "added";
    const grown = stack.total[this.metric] - stack.before[this.metric];
    return grown > 0 ? "grown" : grown < 0 ? "shrunk" : "same";
  }

  above(stack) { return stack === this.root ? null : this.stacks[stack.parent] ?? this.root; }

  show(stack) {
    this.shown = stack;
    byId("whole").disabled = stack === this.root;
    this.draw();
    this.describe(stack);
    byId("flame").querySelector(`[data-at="${stack.at}"]`)?.focus({ preventScroll: true });
  }

  describe(stack) {
    const { metric, unit } = this;
    const whole = this.root.total[metric];
    const parts = [`${stack.name}: ${number(stack.total[metric])} ${unit}, ${percent(stack.total[metric], whole)} of all`];
    if (stack !== this.root) parts.push(`${number(stack.own[metric])} of its own`);
    if (this.compares && stack !== this.root) {
      const before = stack.before ? stack.before[metric] : 0;
      parts.push(`${number(before)} before (${stack.total[metric] > before ? "+" : ""}${number(stack.total[metric] - before)})`);
    }
    if (stack.owner) parts.push(stack.owner);
    if (stack.where) parts.push(stack.where);
    byId("chosen").textContent = parts.join("; ");
  }

  draw() {
    const area = byId("flame");
    const { metric } = this;
    const width = area.clientWidth;
    const query = byId("find").value.trim().toLowerCase();
    const bars = [];
    const path = [];
    for (let stack = this.shown; stack; stack = this.above(stack)) path.unshift(stack);
    path.forEach((stack, depth) => bars.push([stack, depth, 0, width]));
    let deepest = path.length;
    const scale = width / (this.shown.total[metric] || 1);
    const left = [[this.shown, path.length, 0]];
    while (left.length) {
      const [stack, depth, start] = left.pop();
      let from = start;
      for (const each of [...stack.called].sort((one, other) => other.total[metric] - one.total[metric])) {
        const wide = each.total[metric] * scale;
        if (wide < NARROWEST) break;
        bars.push([each, depth, from, wide]);
        left.push([each, depth + 1, from]);
        deepest = Math.max(deepest, depth + 1);
        from += wide;
      }
    }
    area.style.height = `${deepest * ROW}px`;
    area.replaceChildren(...bars.map(([stack, depth, from, wide]) => this.bar(stack, depth, from, wide, query)));
    this.table(query);
  }

  matches(stack, query) { return stack.name.toLowerCase().includes(query) || stack.owner.toLowerCase().includes(query); }

  bar(stack, depth, from, wide, query) {
    const share = percent(stack.total[this.metric], this.root.total[this.metric]);
    const faded = query && !this.matches(stack, query) ? " faded" : "";
    const made = element("button", { type: "button", className: this.colour(stack) + faded, title: `${stack.name}, ${share}`,
      textContent: wide > 30 ? stack.name : "" });
    made.setAttribute("role", "treeitem");
    made.setAttribute("aria-label", `${stack.name}, ${share}`);
    made.setAttribute("aria-level", depth + 1);
    made.tabIndex = stack === this.shown ? 0 : -1;
    made.dataset.at = stack.at;
    made.style.setProperty("--fill", `var(--${this.colour(stack)})`);
    Object.assign(made.style, { left: `${from}px`, top: `${depth * ROW}px`, width: `${wide}px` });
    made.addEventListener("click", () => this.show(stack));
    made.addEventListener("focus", () => this.describe(stack));
    made.addEventListener("mouseenter", () => this.describe(stack));
    return made;
  }

  move(event) {
    const at = document.activeElement?.dataset.at;
    if (at === undefined) return;
    const stack = this.stacks[at] ?? this.root;
    const { metric } = this;
    const order = (of) => [...of.called].sort((one, other) => other.total[metric] - one.total[metric]);
    const beside = this.above(stack) ? order(this.above(stack)) : [stack];
    const next = { ArrowUp: this.above(stack), ArrowDown: order(stack)[0],
      ArrowLeft: beside[beside.indexOf(stack) - 1], ArrowRight: beside[beside.indexOf(stack) + 1] }[event.key];
    if (!next) return;
    event.preventDefault();
    byId("flame").querySelector(`[data-at="${next.at}"]`)?.focus();
  }

  // The functions on show, those that do most themselves first.
  table(query) {
    const { metric, unit } = this;
    const rows = new Map();
    const left = [[this.shown, new Set()]];
    while (left.length) {
      const [stack, above] = left.pop();
      if (stack !== this.root) {
        const row = rows.get(stack.place) ?? { stack, own: 0, total: 0 };
        rows.set(stack.place, row);
        row.own += stack.own[metric];
        if (!above.has(stack.place)) row.total += stack.total[metric];
      }
      const within = stack === this.root || above.has(stack.place) ? above : new Set(above).add(stack.place);
      for (const each of stack.called) left.push([each, within]);
    }
    const whole = this.root.total[metric];
    const found = [...rows.values()].filter(({ stack, total }) => total && (!query || this.matches(stack, query)));
    found.sort((one, other) => other.own - one.own || other.total - one.total);
    const head = element("tr", {}, ...[unit, "share", "total", "function", "package", "where"].map((text, at) => (
      element("th", { textContent: text, scope: "col", className: at < 3 ? "number" : "" }))));
    const lines = found.slice(0, SHOWN).map(({ stack, own, total }) => element("tr", {},
      ...[number(own), percent(own, whole), percent(total, whole)].map((text) => element("td", { textContent: text, className: "number" })),
      element("td", { className: "name" }, element("code", {}, ...breakable(stack.name))),
      ...[stack.owner, stack.where].map((text) => element("td", { textContent: text }))));
    byId("functions").replaceChildren(element("thead", {}, head), element("tbody", {}, ...lines));
  }
}

unpack().then((data) => new Flame(data));
