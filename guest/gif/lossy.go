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
	if h.Layout == wire.RGBA {
		l.quantizer = quantize.New(h.Width)
	}
	known.Alike.Merge = h.Merge
	return fault.None
}

// reduce fills the frame from an input that has too many colours for one table.
func (e *Encoder) reduce(f *frame) fault.Fault {
	q := e.lossy.quantizer
	// One index stays free for transparent pixels.
	if !q.Choose(e.input, palette.Transparent) || e.lossy.generation == 0 {
		e.forget()
		e.lossy.generation = e.generation
	}
	if e.Header.Dither {
		q.Dither(f.pixels, e.input, palette.Transparent, e.Header.Width)
	} else {
		q.Map(f.pixels, e.input, palette.Transparent)
	}
	clear := false
	for _, p := range f.pixels {
		clear = clear || p == palette.Transparent
	}
	f.assign(q.Len, &q.Colours, clear, e.lossy.generation)
	// What is known is of another generation from here on.
	e.forget()
	return fault.None
}
