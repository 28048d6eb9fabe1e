package gif

import (
	"math/bits"

	"wasmtrim/guest/lzw"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// write writes the oldest frame of the ring, which becomes the canvas.
func (e *Encoder) write() {
	f := e.canvas.next
	if !e.written {
		// The newest frame that shares the first one's table knows the most colours of it.
		last := f
		for last != e.newest && last.next.generation == f.generation {
			last = last.next
		}
		e.markAll(&last.colours, last.clear || f != e.newest)
		e.build(&e.global, &last.colours)
		e.head()
	}
	e.area = rectangle{}
	fast := e.Header.Effort == wire.Fastest
	if fast || !e.written {
		e.addAll()
	} else if !e.changed(e.canvas, f, any) {
		e.area.add(0, 0, 1, 1)
	}
	d := keep
	// What lies below must not show through the next frame.
	if f != e.newest && f.next.clear && (fast || e.changed(f, f.next, uncovered)) {
		d = background
		if f.n < 256 {
			// Some players dispose to the transparent colour: without one it is a colour for them.
			f.clear = true
		} else {
			// No index is left for what is cleared, so all is.
			e.addAll()
		}
	}
	e.image(f, d)
	if d == background {
		e.erase(f)
	}
	e.canvas = f
	e.written = true
}

// erase makes the area transparent.
func (e *Encoder) erase(f *frame) {
	f.rgb[palette.Transparent] = 0
	for y := e.area.top; y < e.area.bottom; y++ {
		row := f.pixels[y*e.Header.Width:]
		for x := e.area.left; x < e.area.right; x++ {
			row[x] = palette.Transparent
		}
	}
}

// form is one of the two ways to write an image, in the file's indices: pixels that need no drawing are
// as they are, or transparent.
type form struct {
	pixels []byte
	// edges are how many pixels differ from the one before, which is about what LZW has to say.
	edges     int
	top, last uint8
}

func (m *form) put(at int, index uint8) {
	m.pixels[at] = index
	m.top |= index
	if index != m.last {
		m.edges++
		m.last = index
	}
}

// width is LZW's minimum code size.
func (m *form) width() uint { return max(2, uint(bits.Len8(m.top))) }

// attempts are tried one after the other; the first is that of the default effort.
var attempts = [...]lzw.Attempt{
	{},
	{Patience: -8, Ahead: 8},
	{Patience: 4, Ahead: 8},
	{Patience: 32, Ahead: 8},
	{Patience: lzw.Impatient, Ahead: 8},
}

// image writes the area of a frame.
func (e *Encoder) image(f *frame, d disposal) {
	t := &e.global
	if !t.covers(&f.colours) {
		t = &e.local
		e.mark(f)
		e.build(t, &f.colours)
	}
	e.describe(f, d, t)
	if e.asGiven() {
		e.out.Greedy(f.pixels, max(2, depth(t.n)), lzw.Impatient)
		return
	}
	e.lay(f, t)
	plain := &e.forms[0]
	best, a := plain, &attempts[0]
	switch e.Header.Effort {
	case wire.Fastest:
		e.out.Greedy(plain.pixels, max(2, depth(t.n)), lzw.Impatient)
	case wire.Default:
		if over := &e.forms[1]; over.edges < plain.edges {
			best = over
		}
		e.out.Greedy(best.pixels, best.width(), a.Patience)
	default:
		least := -1
		for n := range attempts {
			for i := range e.forms {
				form := &e.forms[i]
				cost := e.out.Search(form.pixels, plain.pixels, form.width(), &attempts[n], false)
				if least < 0 || cost < least {
					least, best, a = cost, form, &attempts[n]
				}
			}
		}
		e.out.Search(best.pixels, plain.pixels, best.width(), a, true)
	}
}

// lay fills both forms of the area.
func (e *Encoder) lay(f *frame, t *table) {
	width := e.area.right - e.area.left
	n := width * (e.area.bottom - e.area.top)
	plain, over := &e.forms[0], &e.forms[1]
	*plain, *over = form{pixels: e.input[:n]}, form{pixels: e.input[len(f.pixels):][:n]}
	at := 0
	for y := e.area.top; y < e.area.bottom; y++ {
		from := y*e.Header.Width + e.area.left
		shown := e.canvas.pixels[from:][:width]
		for x, p := range f.pixels[from:][:width] {
			index := t.index[p]
			plain.put(at, index)
			if t.transparent >= 0 && e.canvas.rgb[shown[x]] == f.rgb[p] {
				index = uint8(t.transparent)
			}
			over.put(at, index)
			at++
		}
	}
}

// mark sets used to the indices of the area, and to Transparent where that may be wanted.
func (e *Encoder) mark(f *frame) {
	clear(e.used[:])
	e.used[palette.Transparent] = f.clear || e.written
	for y := e.area.top; y < e.area.bottom; y++ {
		for x := e.area.left; x < e.area.right; x++ {
			e.used[f.pixels[y*e.Header.Width+x]] = true
		}
	}
}

// markAll sets used to all indices of c.
func (e *Encoder) markAll(c *colours, transparent bool) {
	for i := range e.used {
		e.used[i] = true
	}
	e.used[palette.Transparent] = c.n == 256 || transparent
}

// build makes a table; that of indices that are written as given has their transparent one.
func (e *Encoder) build(t *table, c *colours) {
	if e.asGiven() {
		e.markAll(c, false)
	}
	t.build(c, &e.used)
	if e.asGiven() {
		t.transparent = e.Header.Transparent
	}
}
