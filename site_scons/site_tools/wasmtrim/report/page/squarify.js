// The squarified treemap: Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).

// Divide a box into one tile per value, each with the value's share of the area, and as square as
// the method makes them. Values are positive, the largest first; box and tiles are {x, y, width, height}.
function squarify(values, box) {
  const tiles = [];
  let rest = values.reduce((sum, value) => sum + value, 0);
  let { x, y, width, height } = box;
  while (tiles.length < values.length) {
    const along = Math.min(width, height); // a row of tiles lies along the shorter side
    const across = Math.max(width, height);
    const row = bestRow(values, tiles.length, along * rest / across);
    const sum = row.reduce((total, value) => total + value, 0);
    const depth = tiles.length + row.length === values.length ? across : across * sum / rest;
    let at = 0;
    for (const value of row) {
      const length = along * value / sum;
      tiles.push(width < height ? { x: x + at, y, width: length, height: depth }
        : { x, y: y + at, width: depth, height: length });
      at += length;
    }
    if (width < height) { y += depth; height -= depth; } else { x += depth; width -= depth; }
    rest -= sum;
  }
  return tiles;
}

// The same, but no tile is smaller than `least`, a {width, height}: `kept` values have a tile each, and
// the rest share one, the last, which is given up to 2 % of the whole to be seen. Where that does not
// do, all have a tile, however small: they do not fit.
function squarifyWithRest(values, box, least) {
  const tooSmall = (tile) => tile.width < least.width || tile.height < least.height;
  const all = squarify(values, box);
  const whole = values.reduce((sum, value) => sum + value, 0);
  const smallest = whole * least.width * least.height / (box.width * box.height);
  for (let kept = all.findIndex(tooSmall); kept > 0; kept = Math.floor(0.93 * kept)) {
    const own = values.slice(0, kept);
    const rest = values.slice(kept).reduce((sum, value) => sum + value, 0);
    for (let given = rest; given <= rest + whole / 50; given = Math.max(1.5 * given, smallest)) {
      const at = own.filter((value) => value >= given).length;
      const tiles = squarify([...own.slice(0, at), given, ...own.slice(at)], box);
      if (!tiles.some(tooSmall)) return { kept, fits: true, tiles: [...tiles.slice(0, at), ...tiles.slice(at + 1), tiles[at]] };
    }
  }
  return { kept: values.length, fits: !all.some(tooSmall), tiles: all };
}

// The values from `start` on that make up the next row: one more is taken for as long as the worst
// aspect ratio in the row gets no worse. `square` is the value of a square on the side of the row.
function bestRow(values, start, square) {
  const largest = values[start];
  let end = start, sum = 0, worst = Infinity;
  for (; end < values.length; end++) {
    const total = sum + values[end];
    const ratio = Math.max(square * largest / total ** 2, total ** 2 / (square * values[end]));
    if (ratio > worst) break;
    sum = total;
    worst = ratio;
  }
  return values.slice(start, end);
}
