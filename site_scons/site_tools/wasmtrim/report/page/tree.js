// A module's parts as a tree: group, package, function; each node's value is the sum of its leaves'.
class TreeNode {
  // `data` is {name, group, children} or a row of the table; `metric` is the row's key that counts.
  constructor(data, metric, parent = null) {
    this.data = data;
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
    this.children = data.children?.map((child) => new TreeNode(child, metric, this));
    this.value = this.children ? this.children.reduce((sum, child) => sum + child.value, 0) : data[metric];
    this.children?.sort((a, b) => b.value - a.value);
  }

  // The row of the table that it stands for, which knows more of a package than its functions do.
  get row() { return this.data.row ?? this.data; }

  // By how many bytes it changed since the base.
  get delta() {
    if (!this.children) return this.data.delta ?? 0;
    if (this.row.word !== undefined) return this.row.delta;
    return this.children.reduce((sum, child) => sum + child.delta, 0);
  }

  // The smallest of the children as one node, which stands in for them; they stay this node's.
  rest(children) {
    const data = { name: `${number(children.length)} smaller`, group: children[0].data.group, children: [] };
    const value = children.reduce((sum, child) => sum + child.value, 0);
    return Object.assign(new TreeNode(data, null, this), { depth: this.depth, children, value, isRest: true });
  }

  leaves() { return this.children ? this.children.flatMap((child) => child.leaves()) : [this]; }

  // From the root to this node.
  path() { return [...(this.parent?.path() ?? []), this]; }

  find(wanted) {
    if (wanted(this)) return this;
    for (const child of this.children ?? []) {
      const found = child.find(wanted);
      if (found) return found;
    }
    return undefined;
  }
}

// Of the functions, and of the rows of packages and of what is no function.
function moduleTree(functions, packages, metric) {
  const rows = new Map(packages.filter((row) => row.functions !== undefined).map((row) => [row.package, row]));
  const children = [...grouped(functions.filter((row) => row.bytes).flatMap(pieces), (row) => row.group)].map(([group, held]) => ({
    name: group, group, children: [...grouped(held, (row) => row.package)].map(([name, below]) => (
      { name, group, row: rows.get(name), children: below })) }));
  const sections = [...grouped(packages.filter((row) => row.functions === undefined), (row) => row.of ?? row)];
  children.push({ name: "other sections", group: "section", children: sections.map(([row, parts]) => (
    row === parts[0] ? row : { name: row.name, group: "section", row, children: parts })) });
  return new TreeNode({ name: "module", group: "", children }, metric);
}
