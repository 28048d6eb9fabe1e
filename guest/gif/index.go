package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// colours is what the indices of a frame mean.
type colours struct {
	// n is how many there are, transparent not counted.
	n int
	// holes tells that palette.Transparent stands for a transparent pixel.
	holes bool
	// generation tells which palette.Table the indices come from: the same generation's tables only
	// grow, so equal indices are equal colours.
	generation int
	rgb        [256]uint32
}

// assign copies colours; a plain assignment of arrays is unrolled by some compilers.
func (c *colours) assign(n int, rgb *[256]uint32, holes bool, generation int) {
	copy(c.rgb[:], rgb[:])
	c.n, c.holes, c.generation = n, holes, generation
}

// index fills the frame's indices and colours from the input. Known colours are begun anew when they
// have no room for the frame's.
func (e *Encoder) index(f *frame) fault.Fault {
	if e.Header[wire.Pixels] != wire.RGBA {
		if problem := palette.Validate(e.Palette(), e.input, e.Header[wire.Colours]); problem != fault.None {
			return problem
		}
		if e.indexed(f) {
			return fault.None
		}
	}
	if !e.learn(f) {
		e.forget()
		if !e.learn(f) {
			return e.reduce(f)
		}
	}
	f.assign(e.known.Len, &e.known.Colours, e.known.Clear, e.generation)
	return fault.None
}

// forget starts a new table of known colours.
func (e *Encoder) forget() {
	e.known.Reset()
	e.generation++
}
