// What the base had and the module no longer has, as a map of its own: its areas are the bytes it took.
class Removed extends Treemap {
  measure() {
    const { rows } = this.breakdown;
    this.tree = removedTree([...rows.functions, ...rows.packages].filter((row) => row.word === "removed"));
    this.zoomed = this.tree;
    this.area.hidden = !this.tree.value;
  }

  label(node) { return `${node.data.name}, ${number(node.value)} bytes removed`; }

  fill() { return "var(--removed)"; }

  legend() {} // the trail says what it is
}

// A package of which all is gone, or of which one function is, is one tile; else it is a frame.
function removedTree(rows) {
  const packages = new Map(rows.filter((row) => row.functions !== undefined).map((row) => [row.package, row]));
  const others = grouped(rows.filter((row) => row.functions === undefined && !packages.has(row.package)),
    (row) => row.package || row.name); // a section is of no package
  const frames = [...others].map(([name, gone]) => (gone.length > 1 ? { name, group: "", children: gone } : gone[0]));
  return new TreeNode({ name: "removed since the base", group: "", children: [...packages.values(), ...frames] }, "lost");
}
