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
		e.markAll(&last.colours, last.holes || f != e.newest)
		e.build(&e.global, &last.colours)
		e.head()
	}
	if e.fastest() || !e.written {
		e.addAll()
	} else if e.area = empty(); !e.changed(e.canvas, f, different) {
		e.area = rectangle{right: 1, bottom: 1}
	}
	d := keep
	// What lies below must not show through the next frame.
	if f != e.newest && f.next.holes && (e.fastest() || e.changed(f, f.next, uncovered)) {
		d = background
		if f.n < 256 {
			// Some players dispose to the transparent colour: without one it is a colour for them.
			f.holes = true
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
	if f.n == 256 {
		f.generation = -1 // the index had a colour
		f.rgb[palette.Transparent] = 0
	}
	for y := e.area.top; y < e.area.bottom; y++ {
		row := f.pixels[y*e.Header[wire.Width]:]
		for x := e.area.left; x < e.area.right; x++ {
			row[x] = palette.Transparent
		}
	}
}

// form is one of the two ways to write an image, in the file's indices: pixels that need no drawing are
// as they are, or transparent.
type form struct {
	pixels []byte
	top    uint8 // the highest index, or over it without needing more bits
	// edges are how many pixels differ from the one before, which is about what LZW has to say.
	edges int
}

// use hands a form to LZW.
func (e *Encoder) use(m *form) {
	e.out.Pixels = m.pixels[:e.area.size()]
	e.out.Width = max(2, uint(bits.Len8(m.top)))
}

// patiences are tried one after the other, each with either form; the first is that of the default
// effort, and the only one with which no shorter match is tried.
var patiences = [...]int8{-5, -10, 4, 32, lzw.Impatient}

// image writes the area of a frame.
func (e *Encoder) image(f *frame, d disposal) {
	t := &e.global
	if !t.covers(&f.colours) {
		t = &e.local
		e.mark(f)
		e.build(t, &f.colours)
	}
	e.describe(f, d, t)
	plain, over := &e.forms[0], &e.forms[1]
	if e.asGiven() {
		plain.pixels, plain.top = f.pixels, uint8(t.n-1)
	} else {
		e.lay(plain, f, t, false)
		e.lay(over, f, t, t.transparent >= 0)
	}
	best := uint(0)
	if over.edges < plain.edges {
		best = 1
	}
	if e.Header[wire.Effort] < wire.Best {
		e.quick(best)
		return
	}
	least := 0
	for n := range 2 * uint(len(patiences)) {
		if cost := e.search(n, false); n == 0 || cost < least {
			least, best = cost, n
		}
	}
	e.search(best, true)
}

// search makes one of the attempts of the best effort, and returns its size in bits.
func (e *Encoder) search(n uint, write bool) int {
	e.use(&e.forms[n%2])
	return e.out.Search(int(patiences[n/2]), 8*min(int(n/2), 1), write)
}

// lay fills a form with the area, with transparent pixels where it is over what is shown.
func (e *Encoder) lay(m *form, f *frame, t *table, over bool) {
	edges, at, last, top := 0, 0, uint8(0), uint8(0)
	shown, out := e.canvas, m.pixels
	left, right := e.area.left, e.area.right
	for y := e.area.top; y < e.area.bottom; y++ {
		from := y * e.Header[wire.Width]
		for i := from + left; i < from+right; i++ {
			p := f.pixels[i]
			index := t.index[p]
			if over && shown.rgb[shown.pixels[i]] == f.rgb[p] {
				index = uint8(t.transparent)
			}
			out[at] = index
			at++
			top |= index
			edges += (int(index^last) + 255) >> 8 // a branch would often go the other way
			last = index
		}
	}
	m.edges, m.top = edges, top
}

// mark sets used to the indices of the area, and to Transparent where that may be wanted.
func (e *Encoder) mark(f *frame) {
	clear(e.used[:])
	e.used[palette.Transparent] = f.holes || e.written
	for y := e.area.top; y < e.area.bottom; y++ {
		for x := e.area.left; x < e.area.right; x++ {
			e.used[f.pixels[y*e.Header[wire.Width]+x]] = true
		}
	}
}

// markAll sets used to all indices of c, and to Transparent if that is wanted and free.
func (e *Encoder) markAll(c *colours, transparent bool) {
	for i := range e.used {
		e.used[i] = i < c.n || i == palette.Transparent && transparent
	}
}

// build makes a table; that of indices that are written as given has their transparent one.
func (e *Encoder) build(t *table, c *colours) {
	if e.asGiven() {
		e.markAll(c, false)
	}
	t.build(c, &e.used)
	if e.asGiven() {
		t.transparent = e.Header[wire.Transparent]
	}
}
