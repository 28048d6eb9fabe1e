package gif

// rectangle is a part of the canvas, in pixels; it is empty if right is 0.
type rectangle struct{ left, top, right, bottom int }

// add makes r the smallest rectangle around both.
func (r *rectangle) add(o rectangle) {
	if r.right == 0 {
		*r = o
	}
	r.left, r.top = min(r.left, o.left), min(r.top, o.top)
	r.right, r.bottom = max(r.right, o.right), max(r.bottom, o.bottom)
}

// whole is the rectangle of the whole canvas.
func (e *Encoder) whole() rectangle { return rectangle{0, 0, e.header.Width, e.header.Height} }

// Which of the pixels that differ count: all, or those alone that turn from opaque to transparent.
const (
	any       = 0
	uncovered = ^uint32(0)
)

// changed is the smallest rectangle around the pixels of two frames that differ.
func (e *Encoder) changed(a, b *frame, which uint32) (r rectangle) {
	width := e.header.Width
	for y := range e.header.Height {
		left, right := y*width, y*width+width
		for left < right && !differ(a, b, left, which) {
			left++
		}
		if left == right {
			continue
		}
		for !differ(a, b, right-1, which) {
			right--
		}
		r.add(rectangle{left - y*width, y, right - y*width, y + 1})
	}
	return r
}

func differ(a, b *frame, i int, which uint32) bool {
	shown := b.rgb[b.pixels[i]]
	return a.rgb[a.pixels[i]] != shown && shown&which == 0
}
