package gif

import (
	"math/bits"

	"wasmtrim/guest/lzw"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// way is one way to write a drawing.
type way struct {
	plain, local bool
	attempt      lzw.Attempt
}

// guess writes the drawing in the way that is likely to be small.
func (e *Encoder) guess(f *frame, d disposal, area rectangle) {
	g := &e.drawing
	w := way{plain: g.edgesPlain <= g.edgesOver, local: !e.global.covers(&f.colours)}
	t, width := e.prepare(f, w)
	if t.transparent < 0 && !w.plain {
		w.plain = true
		t, width = e.prepare(f, w)
	}
	e.describe(f, d, area, t)
	e.out.Greedy(g.one, width, 0)
}

// Attempts that are tried one after the other, each on top of what has been best so far.
var (
	patiences = [...]int{-8, 4, 32, lzw.Impatient}
	aheads    = [...]int{0, 4}
)

// choose tries ways to write the drawing and writes it in the smallest.
func (e *Encoder) choose(f *frame, d disposal, area rectangle) {
	g := &e.drawing
	var best way
	least := -1
	try := func(w way) {
		if cost := e.cost(f, w); cost >= 0 && (least < 0 || cost < least) {
			best, least = w, cost
		}
	}
	for i := range 4 {
		if w := (way{plain: i&1 == 0, local: i&2 != 0}); w.plain || !g.alike {
			try(w)
		}
	}
	for _, ahead := range aheads {
		for _, patience := range patiences {
			w := best
			w.attempt = lzw.Attempt{Patience: patience, Ahead: ahead}
			try(w)
		}
	}
	t, width := e.prepare(f, best)
	e.describe(f, d, area, t)
	e.out.Search(g.one, g.two, width, best.attempt, true)
}

// cost is the size in bits of the drawing and its table, -1 if it can't be written this way.
func (e *Encoder) cost(f *frame, w way) int {
	if !w.local && !e.global.covers(&f.colours) {
		return -1
	}
	t, width := e.prepare(f, w)
	if t.transparent < 0 && !w.plain {
		return -1
	}
	cost := e.out.Search(e.drawing.one, e.drawing.two, width, w.attempt, false)
	if w.local {
		cost += 24 << depth(t.n)
	}
	return cost
}

// describe writes all that comes before an image's data.
func (e *Encoder) describe(f *frame, d disposal, area rectangle, t *table) {
	e.graphicControl(d, f.delay, t.transparent)
	e.imageDescriptor(area, t)
}

// prepare turns the drawing into the file's indices, and returns their table and LZW's minimum code
// size.
func (e *Encoder) prepare(f *frame, w way) (*table, uint) {
	g := &e.drawing
	pixels := g.form(w.plain)
	t := &e.global
	if w.local {
		t = &e.local
		used := g.find(pixels)
		used[palette.Transparent] = used[palette.Transparent] || f.colours.clear
		e.build(t, &f.colours, used)
	}
	top := uint8(0)
	for i, p := range pixels {
		one := t.index[p]
		g.one[i] = one
		top |= one
	}
	width := max(2, uint(bits.Len8(top)))
	if e.header.Effort == wire.Best {
		copy(g.two, g.one)
		if !w.plain {
			for i, q := range g.plain {
				if t.has[q] && t.index[q]>>width == 0 {
					g.two[i] = t.index[q]
				}
			}
		}
	}
	return t, width
}
