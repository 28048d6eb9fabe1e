package gif

import (
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/palette"
)

// writeWhole writes a frame as it is, the fastest way: nothing is compared with the frame before.
func (e *Encoder) writeWhole(f *frame) {
	// What lies below must not show through the frame after this one.
	d := keep
	if e.pending > 1 && e.slot(1).colours.clear {
		d = background
		f.colours.needClear()
	}
	t := &e.global
	if !t.covers(&f.colours) {
		t = &e.local
		e.build(t, &f.colours, e.all(&f.colours, false), &e.natural)
	}
	if f.colours.clear && !e.asGiven() {
		replace(f.pixels, palette.Transparent, byte(t.transparent))
	}
	e.describe(f, d, e.whole(), t)
	e.out.Greedy(f.pixels, max(2, depth(t.n)), lzw.Impatient)
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
