// The parts as a table that can be searched and ordered; its last line is the sum of what is found.
// The size that counts comes first, and is bold.
const NUMERIC = ["bytes", "share", "gzip", "brotli", "functions", "delta"];

const byName = new Intl.Collator("en").compare;

class Table {
  constructor(root, breakdown) {
    this.root = root;
    this.breakdown = breakdown;
    this.sort = { key: breakdown.metric, down: true };
    this.frame = root.closest(".scroll");
    this.body = root.querySelector("tbody");
    this.frame.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.frame;
      if (scrollTop + 2 * clientHeight < scrollHeight) return;
      // The browser lays out all rows again: so the more there are, the more are added.
      const drawn = this.body.childElementCount;
      this.extend(drawn + Math.max(drawn / 2, 3 * ROWS_AT_ONCE));
    });
  }

  columns() {
    const { kind, metric, changes, whole } = this.breakdown;
    const functions = kind === "functions";
    const sizes = { bytes: [["bytes", "bytes"], ...(changes ? [["delta", "delta"], ["word", "change"]] : [])],
      gzip: [["gzip", "gzip"]], brotli: [["brotli", "brotli"]] };
    return [["name", functions ? "function" : "package or section"], ...sizes[metric], ["share", `% of ${metric}`],
      ...Object.keys(whole).filter((key) => key !== metric).flatMap((key) => sizes[key]),
      functions ? ["package", "package"] : ["group", "group"],
      ...(functions ? [] : [["functions", "functions"]])];
  }

  // Another size counts now: the largest by it come first, unless another order was chosen.
  measure() {
    if (this.breakdown.whole[this.sort.key] !== undefined) this.sort = { key: this.breakdown.metric, down: true };
  }

  // The first of the rows; the others are drawn when they are scrolled to.
  draw() {
    const columns = this.columns();
    this.found = this.rows();
    this.root.querySelector("thead").replaceChildren(this.head(columns));
    this.body.replaceChildren();
    this.frame.scrollTop = 0;
    this.extend();
    this.root.querySelector("tfoot").replaceChildren(this.sum(this.found, columns));
  }

  // Draw more of the rows, up to the one at `place` at least.
  extend(place = 0) {
    const drawn = this.body.childElementCount;
    const columns = this.columns();
    const more = this.found.slice(drawn, Math.max(drawn, place) + ROWS_AT_ONCE);
    this.body.append(...more.map((row) => this.line(row, columns)));
  }

  // Mark the part that was chosen, where it is drawn; what has the focus keeps it.
  mark() {
    this.body.querySelector("[aria-selected='true']")?.setAttribute("aria-selected", "false");
    this.body.children[this.found.indexOf(this.breakdown.chosen)]?.setAttribute("aria-selected", "true");
  }

  // Scroll to a row that is there.
  reveal(row) {
    const at = this.found.indexOf(row);
    if (at < 0) return;
    this.extend(at);
    const line = this.body.children[at];
    this.frame.scrollTop = line.offsetTop - 4 * line.offsetHeight;
  }

  // All that is searched for, in the order that was chosen, however many are drawn.
  rows() {
    const { kind, metric } = this.breakdown;
    const order = [kind, metric, this.sort.key, this.sort.down].join();
    if (this.order !== order) {
      this.order = order;
      this.ordered = this.inOrder(this.breakdown.rows[kind]);
    }
    return this.ordered.filter((row) => this.breakdown.matches(row));
  }

  // A spreadsheet takes a cell that begins like a formula for one: such a name gets an apostrophe. It
  // takes the file for UTF-8 by the mark at its beginning.
  csv() {
    const columns = this.columns();
    const cell = (row, key) => {
      const text = String((key === "share" ? percent(row[this.breakdown.metric], this.breakdown.whole[this.breakdown.metric]) : row[key]) ?? "");
      const safe = !NUMERIC.includes(key) && /^\s*[=+@-]/.test(text) ? `'${text}` : text;
      return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const lines = this.rows().map((row) => columns.map(([key]) => cell(row, key)));
    return `\ufeff${[columns.map(([, title]) => title), ...lines].map((line) => line.join(",")).join("\r\n")}\r\n`;
  }

  inOrder(rows) {
    const key = this.sort.key === "share" ? this.breakdown.metric : this.sort.key;
    const value = (row) => (key === "delta" ? Math.abs(row.delta) : row[key] ?? 0);
    const compare = NUMERIC.includes(key) ? (a, b) => value(a) - value(b)
      : (a, b) => byName(String(value(a)), String(value(b)));
    return [...rows].sort((a, b) => (this.sort.down ? -1 : 1) * compare(a, b) || byName(a.name, b.name));
  }

  head(columns) {
    const head = element("tr");
    for (const [key, title] of columns) {
      const button = element("button", { type: "button", textContent: title });
      button.addEventListener("click", () => this.sortBy(key));
      const cell = element("th", { scope: "col", className: this.look(key) }, button);
      if (this.sort.key === key) cell.ariaSort = this.sort.down ? "descending" : "ascending";
      head.append(cell);
    }
    return head;
  }

  sortBy(key) {
    this.sort = { key, down: this.sort.key === key ? !this.sort.down : NUMERIC.includes(key) };
    this.draw();
    const place = this.columns().findIndex(([name]) => name === key);
    this.root.querySelectorAll("th button")[place].focus();
  }

  line(row, columns) {
    const line = element("tr", { ariaSelected: String(row === this.breakdown.chosen) });
    line.append(...columns.map(([key, title]) => this.cell(row, key, title)));
    return line;
  }

  look(key) { return `${NUMERIC.includes(key) ? "number" : ""} ${key === this.breakdown.metric ? "counts" : ""}`; }

  // `title` is its column's: where the rows are cards, it stands beside each figure.
  cell(row, key, title) {
    if (key === "name") {
      const button = element("button", { type: "button", className: "link" }, element("code", {}, ...breakable(row.name)),
        row.approximate ? " ≈" : "");
      button.addEventListener("click", () => this.breakdown.choose(row));
      return element("td", { className: "name" }, button);
    }
    const { metric, whole } = this.breakdown;
    const text = key === "share" ? percent(row[metric], whole[metric])
      : key === "delta" ? (row.delta ? signed(row.delta) : "")
      : NUMERIC.includes(key) ? (row[key] === undefined ? "" : number(row[key])) : row[key];
    if (key === "package") return this.labelled(element("td", { className: "package" }, ...breakable(text)), title);
    const colour = ["delta", "word"].includes(key) ? row.word : "";
    const part = key === "word" && row.of?.word; // of an opened section
    const made = part ? element("td", { className: "quiet", textContent: `${row.of.name} ${signed(row.of.delta)}` })
      : element("td", { className: `${this.look(key)} ${colour}`, textContent: text });
    return this.labelled(made, title);
  }

  labelled(cell, title) {
    cell.dataset.label = title;
    return cell;
  }

  sum(rows, columns) {
    const total = { name: `${number(rows.length)} rows` };
    for (const key of ["bytes", "gzip", "brotli", "delta"]) {
      total[key] = rows.reduce((sum, row) => sum + row[key], 0);
    }
    // Of opened sections the change is known as a whole only, so in the sum of all rows.
    const all = this.breakdown.kind === "packages" && rows.length === this.breakdown.rows.packages.length;
    if (all && this.breakdown.changes) total.delta = this.breakdown.changes.delta;
    const cells = columns.map(([key, title]) => (key === "name" ? element("td", { className: "name", textContent: total.name })
      : ["word", "package", "group", "functions"].includes(key) ? element("td") : this.cell(total, key, title)));
    return element("tr", {}, ...cells);
  }
}
