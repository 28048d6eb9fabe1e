//go:build quantize

package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/quantize"
	"wasmtrim/guest/wire"
)

// lossy is all that changes colours.
type lossy struct {
	quantizer *quantize.Quantizer
	// generation is that of the quantizer's palette.
	generation int
}

func (l *lossy) prepare(h *wire.Header, known *palette.Table) fault.Fault {
	if h[wire.Pixels] == wire.RGBA {
		l.quantizer = quantize.New(h[wire.Width])
	}
	known.Alike.Merge = h[wire.Merge] == 1
	return fault.None
}

// reduce fills the frame from an input that has too many colours for one table.
func (e *Encoder) reduce(f *frame) fault.Fault {
	q := e.lossy.quantizer
	// One index stays free for transparent pixels.
	if !q.Choose(e.rgba, palette.Transparent) || e.lossy.generation == 0 {
		e.forget()
		e.lossy.generation = e.generation
	}
	if e.Header[wire.Dither] == 1 {
		q.Dither(f.pixels, e.rgba, palette.Transparent, e.Header[wire.Width])
	} else {
		q.Map(f.pixels, e.rgba, palette.Transparent)
	}
	holes := false
	for _, p := range f.pixels {
		holes = holes || p == palette.Transparent
	}
	f.assign(q.Len, &q.Colours, holes, e.lossy.generation)
	// What is known is of another generation from here on.
	e.forget()
	return fault.None
}
