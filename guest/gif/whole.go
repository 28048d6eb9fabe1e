package gif

import "wasmtrim/guest/palette"

// whole writes a frame as it is, the fastest way: nothing is compared with the frame before.
func (e *Encoder) whole(f *frame) {
	// The frame after one with transparent pixels would show it through them.
	d := keep
	if e.pending > 1 && e.slot(1).colours.clear {
		d = background
	}
	c := &f.colours
	var local *colours
	if c.generation != e.global.generation || c.n > e.global.n || c.clear && !e.global.clear {
		local = c
	} else {
		c = &e.global
	}
	transparent := -1
	if f.colours.clear {
		transparent = c.n
		replace(f.pixels, palette.Transparent, byte(transparent))
	}
	e.graphicControl(d, f.delay, transparent)
	e.imageDescriptor(rectangle{0, 0, e.header.Width, e.header.Height}, local)
	e.out.Fast(f.pixels, max(2, c.bits()))
}

// replace turns one index into another.
func replace(pixels []byte, from, to byte) {
	if from == to {
		return
	}
	for i, p := range pixels {
		if p == from {
			pixels[i] = to
		}
	}
}
