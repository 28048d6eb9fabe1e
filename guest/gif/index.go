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
	// clear tells that palette.Transparent stands for a transparent pixel.
	clear bool
	// generation tells which palette.Table the indices come from: the same generation's tables only
	// grow, so equal indices are equal colours.
	generation int
	rgb        [256]uint32
}

// assign copies colours; a plain assignment of arrays is unrolled by some compilers.
func (c *colours) assign(n int, rgb *[256]uint32, clear bool, generation int) {
	copy(c.rgb[:], rgb[:])
	c.n, c.clear, c.generation = n, clear, generation
}

// index fills the frame's indices and colours from the input.
func (e *Encoder) index(f *frame) fault.Fault {
	if e.Header.Layout != wire.RGBA {
		if problem := palette.Validate(e.palette[:], f.pixels, e.Header.Colours); problem != fault.None {
			return problem
		}
		if e.Header.Effort == wire.Fastest {
			e.given(&f.colours)
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

// asGiven tells that indices are written as they come, with their palette.
func (e *Encoder) asGiven() bool {
	return e.Header.Layout != wire.RGBA && e.Header.Effort == wire.Fastest
}

// given makes colours of the palette as it is; an equal one is of the same generation.
func (e *Encoder) given(c *colours) {
	same := true
	for i := range e.Header.Colours {
		colour := palette.Entry(e.palette[:], i)
		same = same && e.known.Colours[i] == colour
		e.known.Colours[i] = colour
	}
	if !same {
		e.generation++
	}
	c.assign(e.Header.Colours, &e.known.Colours, e.Header.Transparent >= 0, e.generation)
}

// learn fills the frame with indices of the known colours, which its colours join; false if they have
// no room.
func (e *Encoder) learn(f *frame) bool {
	if e.Header.Layout == wire.RGBA {
		return e.known.Index(f.pixels, e.input)
	}
	var r palette.Renumbering
	return e.known.Recolour(e.palette[:], f.pixels, e.Header.Transparent, &r)
}
