"use strict";
// The parts of each module, as rows, out of the page's data.
let data; // there once it is unpacked: gzip in base64
const ROWS_AT_ONCE = 100;
const number = (value) => value.toLocaleString("en");
const signed = (value) => (value > 0 ? "+" : "") + number(value);
const GROUPS = { own: "own", runtime: "runtime", "standard library": "standard",
  "third party": "third", unknown: "unknown", section: "section" };

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function unpack() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
  const text = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  data = await new Response(text).json();
}

// All parts as rows: {name, package, group, where, bytes, gzip, brotli, retained, before, delta, word};
// those that were removed have no bytes. `before` is a row, or in words what of the module leads there.
function parts(module, changes) {
  const changed = new Map();
  for (const [name, owner, old, now] of changes ? changes.functions : []) {
    const key = `${owner}\n${name}\n${now}`;
    changed.set(key, [...(changed.get(key) ?? []), old]);
  }
  const functions = module.functions.map(([name, owner, where, bytes, gzip, brotli, retained, before]) => {
    const [label, group] = data.packages[owner];
    const row = { name: data.names[name], package: label, group, where, bytes, gzip, brotli, retained, before,
      delta: 0, word: "" };
    const old = changed.get(`${label}\n${row.name}\n${bytes}`)?.shift();
    return old === undefined ? row : mark(row, old);
  });
  for (const row of functions) row.before = functions[row.before] ?? row.before;
  for (const [name, owner, old, now] of changes ? changes.functions : []) {
    if (now === null) {
      functions.push(mark({ name, package: owner, group: "", bytes: 0, gzip: 0, brotli: 0 }, old));
    }
  }
  const before = new Map(changes ? changes.sections.map(([name, old]) => [name, old]) : []);
  const sections = module.sections.map(([name, bytes, gzip, brotli]) => {
    const row = { name: `section ${name}`, package: "", group: "section", bytes, gzip, brotli, delta: 0, word: "" };
    return before.has(name) ? mark(row, before.get(name)) : row;
  });
  const [bytes, gzip, brotli] = module.overhead;
  sections.push({ name: "compression's own headers", package: "", group: "section", bytes, gzip, brotli,
    delta: 0, word: "" });
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
      bytes: 0, gzip: 0, brotli: 0, delta: 0, functions: 0, word: "" };
    for (const key of ["bytes", "gzip", "brotli", "delta"]) sum[key] += row[key];
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

// Within the frame of its package a function needs no package before its name, nor a section its word.
function short(row) {
  const prefix = row.group === "section" ? "section " : `${row.package}.`;
  return row.name.startsWith(prefix) ? row.name.slice(prefix.length) : row.name;
}

function percent(part, whole) {
  return whole ? (100 * part / whole).toFixed(1) : "0.0";
}
