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
	g.cost = -1
	for i := range 4 {
		if plain := i&1 == 0; plain || !g.alike {
			e.try(f, way{plain: plain, local: i&2 != 0})
		}
	}
	for _, ahead := range aheads {
		for _, patience := range patiences {
			w := g.way
			w.attempt = lzw.Attempt{Patience: patience, Ahead: ahead}
			e.try(f, w)
		}
	}
	t, width := e.prepare(f, g.way)
	e.describe(f, d, area, t)
	e.out.Search(g.one, g.two, width, g.way.attempt, true)
}

// try makes a way the drawing's if it is possible and costs less than the one so far.
func (e *Encoder) try(f *frame, w way) {
	g := &e.drawing
	if !w.local && !e.global.covers(&f.colours) {
		return
	}
	t, width := e.prepare(f, w)
	if t.transparent < 0 && !w.plain {
		return
	}
	cost := e.out.Search(g.one, g.two, width, w.attempt, false)
	if w.local {
		cost += 24 << depth(t.n)
	}
	if g.cost < 0 || cost < g.cost {
		g.way, g.cost = w, cost
	}
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
		e.build(t, &f.colours, used, &e.natural)
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
