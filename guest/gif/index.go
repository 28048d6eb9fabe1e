package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// index fills the frame's indices and colours from the input.
func (e *Encoder) index(f *frame) fault.Fault {
	c := &f.colours
	switch {
	case e.header.Layout == wire.RGBA:
		if !e.known.Index(f.pixels, e.input) {
			e.forget()
			if !e.known.Index(f.pixels, e.input) {
				return fault.TooManyColours
			}
		}
	case e.asGiven():
		if !within(f.pixels, e.header.Colours) {
			return fault.BadIndex
		}
		e.given(c)
		return fault.None
	default:
		if problem := e.recolour(f); problem != fault.None {
			return problem
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
		c.rgb[i] = e.entry(i)
		same = same && c.rgb[i] == e.known.Colours[i]
		e.known.Colours[i] = c.rgb[i]
	}
	if !same {
		e.generation++
	}
	c.generation = e.generation
}

// entry is a colour of the palette.
func (e *Encoder) entry(i int) uint32 {
	p := e.palette[3*i:][:3]
	return uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16
}

// recolour turns given indices into those of the known colours, which drops unused and equal ones.
func (e *Encoder) recolour(f *frame) fault.Fault {
	var used [256]bool
	for _, p := range f.pixels {
		used[p] = true
	}
	var known [256]uint8
	for i := 0; i < len(known); i++ {
		switch {
		case !used[i]:
		case i >= e.header.Colours:
			return fault.BadIndex
		case i == e.header.Transparent && e.known.Len < 256:
			e.known.Clear = true
			known[i] = palette.Transparent
		case i == e.header.Transparent:
			e.forget()
			i = -1
		default:
			index, ok := e.known.Add(e.entry(i))
			if known[i] = index; !ok {
				e.forget()
				i = -1
			}
		}
	}
	for i, p := range f.pixels {
		f.pixels[i] = known[p]
	}
	return fault.None
}

// within tells whether all indices are under n.
func within(pixels []byte, n int) bool {
	if n == 256 {
		return true
	}
	top := byte(0)
	for _, p := range pixels {
		top = max(top, p)
	}
	return int(top) < n
}
