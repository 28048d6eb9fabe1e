package gif

import (
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// writePart writes what a frame changes on the canvas.
func (e *Encoder) writePart(f *frame) {
	if !e.changeKnown {
		e.change = e.compare(e.canvas, f)
	}
	d, area := e.dispose(f)
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
		if back := e.compare(e.canvas, next); back.uncovered.width == 0 &&
			(back.pixels < to.pixels || to.uncovered.width > 0) {
			e.change = back
			if to.uncovered.width == 0 {
				return previous, area
			}
			cleared := area.union(to.uncovered)
			if back.pixels <= e.redrawn(f, next, to, cleared) {
				return previous, area
			}
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

// erase makes a part of a frame transparent.
func (e *Encoder) erase(f *frame, area rectangle) {
	if area == e.whole() {
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
	over, plain         []byte
	usedOver, usedPlain set
	// edges are how many pixels differ from the one before, which is about what LZW has to say.
	edgesOver, edgesPlain int
	// alike is how many pixels are the same in both forms.
	alike int
	// one and two are for the same in the file's indices.
	one, two []byte
}

// draw fills the drawing with a part of a frame.
func (e *Encoder) draw(f *frame, area rectangle) {
	g := &e.drawing
	n := area.width * area.height
	size := len(f.pixels)
	g.over, g.plain = e.input[:n], e.input[size:][:n]
	g.one, g.two = e.input[2*size:][:n], e.input[3*size:][:n]
	clear(g.usedOver[:])
	clear(g.usedPlain[:])
	g.edgesOver, g.edgesPlain, g.alike = 0, 0, 0
	m := &e.meaning
	m.find(&e.canvas.colours, &f.colours)
	if f.colours.n == 256 {
		// All indices are colours: nothing can be left out.
		for i := range m {
			m[i] = absent
		}
	}
	i := 0
	lastOver, lastPlain := byte(0), byte(0)
	for y := area.top; y < area.top+area.height; y++ {
		at := y*e.header.Width + area.left
		shown := e.canvas.pixels[at:][:area.width]
		for x, p := range f.pixels[at:][:area.width] {
			o := p
			if m[shown[x]] == uint16(p) {
				o = palette.Transparent
			}
			g.usedOver[o], g.usedPlain[p] = true, true
			if o != lastOver {
				g.edgesOver++
			}
			if p != lastPlain {
				g.edgesPlain++
			}
			if o == p {
				g.alike++
			}
			lastOver, lastPlain = o, p
			g.over[i], g.plain[i] = o, p
			i++
		}
	}
}

// patience is that of lzw's Greedy and Search where only one is tried.
const patience = 0
