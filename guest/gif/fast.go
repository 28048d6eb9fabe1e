//go:build !small

package gif

import (
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// indexed takes a frame of indices as it is where that is wanted, and tells whether it did.
func (e *Encoder) indexed(f *frame) bool {
	if e.asGiven() {
		copy(f.pixels, e.input)
		e.given(&f.colours)
	}
	return e.asGiven()
}

// given makes colours of the palette as it is; an equal one is of the same generation.
func (e *Encoder) given(c *colours) {
	same := true
	for i := range e.Header[wire.Colours] {
		colour := palette.Entry(e.Palette(), i)
		same = same && e.known.Colours[i] == colour
		e.known.Colours[i] = colour
	}
	if !same {
		e.generation++
	}
	c.assign(e.Header[wire.Colours], &e.known.Colours, e.Header[wire.Transparent] >= 0, e.generation)
}

// learn fills the frame with indices of the known colours, which its colours join; false if they have
// no room.
func (e *Encoder) learn(f *frame) bool {
	if e.Header[wire.Pixels] == wire.RGBA {
		return e.known.Index(f.pixels, e.rgba)
	}
	var r palette.Renumbering
	return e.known.Recolour(f.pixels, e.input, e.Palette(), e.Header[wire.Transparent], &r)
}

// fastest tells that nothing is spent on a smaller file.
func (e *Encoder) fastest() bool { return e.Header[wire.Effort] == wire.Fastest }

// asGiven tells that indices are written as they come, with their palette.
func (e *Encoder) asGiven() bool { return e.Header[wire.Pixels] != wire.RGBA && e.fastest() }

// quick writes one of the two forms, of which the fastest effort has only the first.
func (e *Encoder) quick(n uint) {
	patience := int(patiences[0])
	if e.fastest() {
		n, patience = 0, lzw.Impatient
	}
	e.use(&e.forms[n])
	e.out.Greedy(patience)
}
