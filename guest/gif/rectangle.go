package gif

import (
	"wasmtrim/guest/wire"
	"wasmtrim/guest/word"
)

// rectangle is a part of the canvas, in pixels.
type rectangle struct{ left, top, right, bottom int }

// empty is smaller than any.
func empty() rectangle { return rectangle{left: wire.MaxSide, top: wire.MaxSide} }

// add makes r the smallest rectangle around both.
func (r *rectangle) add(left, top, right, bottom int) {
	r.left, r.top = min(r.left, left), min(r.top, top)
	r.right, r.bottom = max(r.right, right), max(r.bottom, bottom)
}

// Which of the pixels that differ count: all, or those alone that turn from opaque to transparent.
const (
	different = 0
	uncovered = ^uint32(0)
)

func (r *rectangle) size() int { return (r.right - r.left) * (r.bottom - r.top) }

// addAll makes the area the whole canvas.
func (e *Encoder) addAll() {
	e.area = rectangle{right: e.Header[wire.Width], bottom: e.Header[wire.Height]}
}

// changed adds the pixels of two frames that differ to the area, and tells whether there are any.
func (e *Encoder) changed(a, b *frame, which uint32) (some bool) {
	width := e.Header[wire.Width]
	for y := range e.Header[wire.Height] {
		left, right := y*width, y*width+width
		if a.generation == b.generation {
			left = word.Same(a.pixels, b.pixels, left, right)
		}
		for left < right && !differ(a, b, left, which) {
			left++
		}
		if left == right {
			continue
		}
		for !differ(a, b, right-1, which) {
			right--
		}
		e.area.add(left-y*width, y, right-y*width, y+1)
		some = true
	}
	return some
}

func differ(a, b *frame, i int, which uint32) bool {
	shown := b.rgb[b.pixels[i]]
	return a.rgb[a.pixels[i]] != shown && shown&which == 0
}
