package gif

import "wasmtrim/guest/lzw"

// guess writes the drawing in the way that is likely to be small.
func (e *Encoder) guess(f *frame, d disposal, area rectangle) {
	g := &e.drawing
	pixels, used := g.over, &g.usedOver
	if g.edgesPlain <= g.edgesOver {
		pixels, used = g.plain, &g.usedPlain
	}
	t, local := e.table(f, used)
	if t.transparent < 0 {
		pixels, used = g.plain, &g.usedPlain
	}
	for i, p := range pixels {
		g.one[i] = t.index[p]
	}
	e.graphicControl(d, f.delay, t.transparent)
	e.imageDescriptor(area, local)
	e.out.Greedy(g.one, t.width(used), 0)
}

// way is one way to write a drawing.
type way struct {
	plain, local bool
	attempt      lzw.Attempt
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
	for _, local := range [...]bool{false, true} {
		try(way{plain: true, local: local})
		if g.alike < len(g.over) {
			try(way{plain: false, local: local})
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
	e.graphicControl(d, f.delay, t.transparent)
	if best.local {
		e.imageDescriptor(area, t)
	} else {
		e.imageDescriptor(area, nil)
	}
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
	bits := e.out.Search(e.drawing.one, e.drawing.two, width, w.attempt, false)
	if w.local {
		bits += 24 << depth(t.n)
	}
	return bits
}

// prepare turns the drawing into the file's indices.
func (e *Encoder) prepare(f *frame, w way) (*table, uint) {
	g := &e.drawing
	pixels, used := g.over, &g.usedOver
	if w.plain {
		pixels, used = g.plain, &g.usedPlain
	}
	t := &e.global
	if w.local {
		t = &e.local
		e.build(t, &f.colours, used)
	}
	width := t.width(used)
	for i, p := range pixels {
		one := t.index[p]
		two := one
		if q := g.plain[i]; q != p && t.has[q] && t.index[q]>>width == 0 {
			two = t.index[q]
		}
		g.one[i], g.two[i] = one, two
	}
	return t, width
}
