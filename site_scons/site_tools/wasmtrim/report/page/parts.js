// The parts of each module, as rows, out of the page's data.
let data; // there once it is unpacked
const ROWS_AT_ONCE = 100;
const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 0 });
const signed = (value) => (value > 0 ? "+" : "") + number(value);
const GROUPS = { own: "own", runtime: "runtime", "standard library": "standard",
  "third party": "third", unknown: "unknown", section: "section" };

// All parts of a module as rows: {name, package, group, where, bytes, gzip, brotli, retained, before,
// code, delta, word}; those that were removed have no bytes, but those that were `lost`. `before` is a
// row, or in words what of the module leads there. `code` has the bytes of each package, where they are
// not of its own alone.
function parts(key, changes) {
  const { columns } = data;
  const functions = summed(columns.of[key]).map((place, at) => {
    const bytes = columns.bytes[key][at];
    return { ...known(place), bytes, gzip: columns.gzip[key][at], brotli: columns.brotli[key][at],
      retained: bytes + columns.more[key][at], before: columns.before[key][at], code: columns.code[key][at],
      delta: 0, word: "" };
  });
  for (const row of functions) row.before = functions[row.before] ?? row.before;
  if (changes) {
    const [steps, deltas] = changes.changed;
    summed(steps).forEach((place, at) => {
      const row = functions[place];
      mark(row, deltas[at] === null ? null : row.bytes - deltas[at]);
    });
    for (const [place, old] of changes.removed) {
      functions.push(mark({ ...known(place), bytes: 0, gzip: 0, brotli: 0, code: [] }, old));
    }
  }
  return { functions, sections: sectionRows(data.modules[key], changes ? changes.sections : []) };
}

// What is told of a function once for all modules.
function known(place) {
  const [label, group] = data.packages[data.functions.package[place]];
  return { name: data.functions.name[place], package: label, group, where: data.functions.where[place] };
}

// Numbers out of the steps between them.
function summed(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

// What is no function. Of a section that is opened, such as data, the base knows the whole only: its
// parts have it as `of`.
function sectionRows(module, changes) {
  const before = new Map(changes.map(([name, old]) => [name, old]));
  const row = (name, section, [bytes, gzip, brotli]) => ({ name, section, package: "", group: "section",
    bytes, gzip, brotli, delta: 0, word: "" });
  const rows = module.sections.map(([name, section, ...sizes]) => {
    const made = row(`section ${name}`, section, sizes);
    return name === section && before.has(name) ? mark(made, before.get(name)) : made;
  });
  for (const [section, parts] of grouped(rows, (each) => each.section)) {
    if (parts.length < 2) continue;
    const sizes = ["bytes", "gzip", "brotli"].map((key) => parts.reduce((sum, part) => sum + part[key], 0));
    const whole = row(`section ${section}`, section, sizes);
    if (before.has(section)) mark(whole, before.get(section));
    for (const part of parts) part.of = whole;
  }
  for (const [name, old, now] of changes) {
    if (now === null) rows.push(mark(row(`section ${name}`, name, [0, 0, 0]), old));
  }
  return [...rows, row("compression's own headers", "", module.overhead)];
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(key(row))) groups.set(key(row), []);
    groups.get(key(row)).push(row);
  }
  return groups;
}

function mark(row, old) {
  row.delta = row.bytes - (old ?? 0);
  row.lost = row.bytes ? 0 : old;
  row.word = old === null ? "added" : row.bytes === 0 ? "removed" : row.delta > 0 ? "grown" : "shrunk";
  return row;
}

// Packages as rows, inlined code where it came from.
function packages(functions, module, changes) {
  const changed = new Map(changes ? changes.packages.map(([name, old]) => [name, old]) : []);
  const rows = module.packages.map(([owner, count, bytes, gzip, brotli, retained, nearest, approximate]) => {
    const [name, group] = data.packages[owner];
    const row = { name, package: name, group, bytes, gzip, brotli, retained, approximate, functions: count,
      before: functions[nearest] ?? "", delta: 0, word: "" };
    return changed.has(name) ? mark(row, changed.get(name)) : row;
  });
  for (const [name, old, now] of changes ? changes.packages : []) {
    const row = { name, package: name, group: "", bytes: 0, gzip: 0, brotli: 0, functions: 0 };
    if (now === null) rows.push(mark(row, old));
  }
  return rows;
}

// A function as parts by the package that its code came from; `row` is its own row.
function pieces(row) {
  if (row.code.length === 0) return [row];
  return row.code.map(([owner, bytes]) => {
    const [label, group] = data.packages[owner];
    const share = bytes / row.bytes;
    return { ...row, package: label, group, bytes, gzip: share * row.gzip, brotli: share * row.brotli,
      delta: share * row.delta, row };
  });
}

// Within the frame of its package a function needs no package before its name, nor a part that of its
// section, nor a section its word. One without a name is its number.
function short(row) {
  const of = row.of && `${row.of.name}: `;
  const prefix = of && row.name.startsWith(of) ? of : row.group === "section" ? "section " : `${row.package}.`;
  const nameless = /^function (\d+): /.exec(row.name);
  if (nameless) return `#${nameless[1]}`;
  return row.name.startsWith(prefix) ? row.name.slice(prefix.length) : row.name;
}

function percent(part, whole) {
  return whole ? (100 * part / whole).toFixed(1) : "0.0";
}
