package gif

import (
	"math/bits"

	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
	"wasmtrim/guest/word"
)

// writePart writes what a frame changes on the canvas.
func (e *Encoder) writePart(f *frame) {
	if !e.changeKnown {
		e.change = e.compare(e.canvas, f)
	}
	d, area := e.dispose(f)
	if d == background {
		f.colours.needClear()
	}
	e.draw(f, area)
	if e.header.Effort == wire.Best {
		e.choose(f, d, area)
	} else {
		e.guess(f, d, area)
	}
	switch d {
	case background:
		e.erase(f, area)
		fallthrough
	case keep:
		// The ring gives the frame away and gets the canvas's memory for it.
		e.ring[e.first], e.canvas = e.canvas, f
	}
}

// dispose decides what becomes of the frame and which part of it is written, so that the next frame
// is possible and has few pixels to draw. It leaves the next frame's change if it is known.
func (e *Encoder) dispose(f *frame) (disposal, rectangle) {
	area := e.change.area
	if e.written == 0 {
		area = e.whole()
	} else if area.width == 0 {
		area = rectangle{0, 0, 1, 1}
	}
	if e.changeKnown = e.pending > 1; !e.changeKnown {
		return keep, area
	}
	next := e.slot(1)
	drawn := e.change.pixels
	to := e.compare(f, next)
	e.change = to
	if drawn*2 < len(f.pixels) && e.written > 0 {
		// A frame that draws little may be taken back: what it covered needn't be drawn again.
		cost := to.pixels
		if to.uncovered.width > 0 {
			cleared := area.union(to.uncovered)
			cost = cleared.width * cleared.height
		}
		if back := e.compare(e.canvas, next); back.uncovered.width == 0 && back.pixels < cost {
			e.change = back
			return previous, area
		}
	}
	if to.uncovered.width == 0 {
		return keep, area
	}
	e.changeKnown = false
	if f.colours.n == 256 {
		// No index is left for what is cleared, so all is.
		return background, e.whole()
	}
	return background, area.union(to.uncovered)
}

// whole is the rectangle of the whole canvas.
func (e *Encoder) whole() rectangle { return rectangle{0, 0, e.header.Width, e.header.Height} }

// erase makes a part of a frame transparent, all of it if no index is left over for that.
func (e *Encoder) erase(f *frame, area rectangle) {
	if f.colours.n == 256 {
		f.colours.n, f.colours.generation = 0, -1
	}
	f.colours.clear = true
	for y := area.top; y < area.top+area.height; y++ {
		row := f.pixels[y*e.header.Width+area.left:][:area.width]
		for i := range row {
			row[i] = palette.Transparent
		}
	}
}

// drawing is a part of a frame in two forms: pixels that need no drawing are transparent in over, and
// as they are in plain. Both are the frame's indices.
type drawing struct {
	over, plain []byte
	// alike tells that the two are the same.
	alike bool
	// edges are how many pixels differ from the one before, which is about what LZW has to say.
	edgesOver, edgesPlain int
	// one and two are for either form in the file's indices.
	one, two []byte
	used     set

	// way is the best one that was tried, cost its size in bits, -1 before any.
	way  way
	cost int
}

// draw fills the drawing with a part of a frame.
func (e *Encoder) draw(f *frame, area rectangle) {
	g := &e.drawing
	n := area.width * area.height
	size := len(f.pixels)
	g.over, g.plain = e.input[:n], e.input[size:][:n]
	g.one, g.two = e.input[2*size:][:n], e.input[3*size:][:n]
	g.edgesOver, g.edgesPlain, g.alike = 0, 0, true
	m := &e.meaning
	m.find(&e.canvas.colours, &f.colours)
	same := e.canvas.colours.generation == f.colours.generation && f.colours.n < 256
	if f.colours.n == 256 {
		// All indices are colours: nothing can be left out.
		for i := range m {
			m[i] = absent
		}
	}
	at := 0
	for y := range area.height {
		from := (area.top+y)*e.header.Width + area.left
		shown, pixels := e.canvas.pixels[from:][:area.width], f.pixels[from:][:area.width]
		over, plain := g.over[at:][:area.width], g.plain[at:][:area.width]
		at += area.width
		x := 0
		lastOver, lastPlain := uint64(0), uint64(0)
		for ; same && x+8 <= area.width; x += 8 {
			p := word.Load64(pixels, x)
			differs := word.NonZero(p ^ word.Load64(shown, x))
			// Transparent is 255.
			o := p | ^word.Spread(differs)
			word.Store64(over, x, o)
			word.Store64(plain, x, p)
			g.alike = g.alike && o == p
			g.edgesOver += bits.OnesCount64(word.NonZero(o ^ (o<<8 | lastOver)))
			g.edgesPlain += bits.OnesCount64(word.NonZero(p ^ (p<<8 | lastPlain)))
			lastOver, lastPlain = o>>56, p>>56
		}
		for ; x < area.width; x++ {
			p := pixels[x]
			o := p
			if m[shown[x]] == uint16(p) {
				o = palette.Transparent
			}
			over[x], plain[x] = o, p
			g.alike = g.alike && o == p
			if uint64(o) != lastOver {
				g.edgesOver++
			}
			if uint64(p) != lastPlain {
				g.edgesPlain++
			}
			lastOver, lastPlain = uint64(o), uint64(p)
		}
	}
}

// form is one of the drawing's two.
func (g *drawing) form(plain bool) []byte {
	if plain {
		return g.plain
	}
	return g.over
}

// find fills the set of indices that a form uses.
func (g *drawing) find(pixels []byte) *set {
	clear(g.used[:])
	for _, p := range pixels {
		g.used[p] = true
	}
	return &g.used
}
