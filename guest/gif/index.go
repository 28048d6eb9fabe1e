package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// index fills the frame's indices and colours from the input.
func (e *Encoder) index(f *frame) fault.Fault {
	c := &f.colours
	if e.header.Layout != wire.RGBA {
		if problem := palette.Validate(e.palette[:], f.pixels, e.header.Colours); problem != fault.None {
			return problem
		}
	}
	if e.asGiven() {
		e.given(c)
		return fault.None
	}
	if !e.learn(f) {
		e.forget()
		if !e.learn(f) {
			return e.reduce(f)
		}
	}
	c.assign(e.known.Len, &e.known.Colours, e.known.Clear, e.generation)
	return fault.None
}

// forget starts a new table of known colours.
func (e *Encoder) forget() {
	e.known.Reset()
	e.generation++
}

// asGiven tells that indices are written as they come, with their palette.
func (e *Encoder) asGiven() bool {
	return e.header.Layout != wire.RGBA && e.header.Effort == wire.Fastest
}

// given makes colours of the palette as it is; an equal one is of the same generation.
func (e *Encoder) given(c *colours) {
	c.n, c.clear = e.header.Colours, e.header.Transparent >= 0
	same := e.generation > 0
	for i := range c.n {
		c.rgb[i] = palette.Entry(e.palette[:], i)
		same = same && c.rgb[i] == e.known.Colours[i]
		e.known.Colours[i] = c.rgb[i]
	}
	if !same {
		e.generation++
	}
	c.generation = e.generation
}

// learn fills the frame with indices of the known colours, which its colours join; false if they have
// no room.
func (e *Encoder) learn(f *frame) bool {
	if e.header.Layout == wire.RGBA {
		return e.known.Index(f.pixels, e.input)
	}
	_, ok := e.known.Recolour(e.palette[:], f.pixels, e.header.Colours, e.header.Transparent)
	return ok
}
