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

// `sections` are the rows of what is no function.
function moduleTree(functions, sections, metric) {
  const groups = new Map();
  for (const row of functions.filter((row) => row.bytes)) {
    if (!groups.has(row.group)) groups.set(row.group, new Map());
    const packages = groups.get(row.group);
    if (!packages.has(row.package)) packages.set(row.package, []);
    packages.get(row.package).push(row);
  }
  const children = [...groups].map(([group, packages]) => ({ name: group, group,
    children: [...packages].map(([name, rows]) => ({ name, group, children: rows })) }));
  children.push({ name: "other sections", group: "section", children: sections });
  return new TreeNode({ name: "module", group: "", children }, metric);
}
