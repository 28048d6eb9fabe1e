package gif

import (
	"math/bits"

	"wasmtrim/guest/palette"
	"wasmtrim/guest/word"
)

// rectangle is a part of the canvas, in pixels; it is empty if it has no width.
type rectangle struct{ left, top, width, height int }

// union is the smallest rectangle around both.
func (r rectangle) union(o rectangle) rectangle {
	if o.width == 0 {
		return r
	}
	if r.width == 0 {
		return o
	}
	left, top := min(r.left, o.left), min(r.top, o.top)
	return rectangle{
		left, top,
		max(r.left+r.width, o.left+o.width) - left, max(r.top+r.height, o.top+o.height) - top,
	}
}

// bounds grows around points that come row by row.
type bounds struct{ left, top, right, bottom int }

func (b *bounds) add(left, right, y int) {
	if b.right == 0 {
		*b = bounds{left, y, right, y}
	}
	b.left, b.right, b.bottom = min(b.left, left), max(b.right, right), y
}

// addWord adds the bytes whose top bit is set.
func (b *bounds) addWord(top uint64, x, y int) {
	if top != 0 {
		b.add(x+bits.TrailingZeros64(top)>>3, x+8-bits.LeadingZeros64(top)>>3, y)
	}
}

func (b *bounds) rectangle() rectangle {
	if b.right == 0 {
		return rectangle{}
	}
	return rectangle{b.left, b.top, b.right - b.left, b.bottom - b.top + 1}
}

// change is how a frame differs from what is shown before it.
type change struct {
	// area is the smallest rectangle around all pixels that differ.
	area   rectangle
	pixels int
	// uncovered is the smallest rectangle around the pixels that turn from opaque to transparent,
	// which no image can do: they must have been disposed of.
	uncovered rectangle
}

// compare finds what differs between two frames.
func (e *Encoder) compare(shown, f *frame) (c change) {
	var area, uncovered bounds
	width := e.header.Width
	m := &e.meaning
	m.find(&shown.colours, &f.colours)
	same := shown.colours.generation == f.colours.generation
	clear := f.colours.clear
	for y := range e.header.Height {
		a, b := shown.pixels[y*width:][:width], f.pixels[y*width:][:width]
		x := 0
		for same && x+8 <= width {
			p := word.Load64(b, x)
			if d := word.NonZero(word.Load64(a, x) ^ p); d != 0 {
				c.pixels += bits.OnesCount64(d)
				area.addWord(d, x, y)
				if clear {
					// A transparent pixel is 255, so its complement is 0.
					uncovered.addWord(d&^word.NonZero(^p), x, y)
				}
			}
			x += 8
		}
		for ; x < width; x++ {
			if m[a[x]] == uint16(b[x]) {
				continue
			}
			c.pixels++
			area.add(x, x+1, y)
			if clear && b[x] == palette.Transparent {
				uncovered.add(x, x+1, y)
			}
		}
	}
	c.area, c.uncovered = area.rectangle(), uncovered.rectangle()
	return c
}
