package gif

import "wasmtrim/guest/palette"

// colours is what the indices of a frame mean.
type colours struct {
	rgb [256]uint32 // 0x00BBGGRR
	n   int
	// clear tells that palette.Transparent stands for a transparent pixel.
	clear bool
	// generation tells which palette.Table the indices come from: the same generation's tables only
	// grow, so equal indices are equal colours.
	generation int
}

// assign copies colours; a plain assignment of arrays is unrolled by some compilers.
func (c *colours) assign(n int, rgb *[256]uint32, clear bool, generation int) {
	copy(c.rgb[:], rgb[:])
	c.n, c.clear, c.generation = n, clear, generation
}

// needClear asks for a transparent entry, which some players take for what a background is disposed
// to: without one it is a colour for them. With 256 colours there is no index for it.
func (c *colours) needClear() { c.clear = c.clear || c.n < 256 }

// absent is what an index means in a table that lacks its colour.
const absent = 256

// meaning is for every index of one table the index of the same colour in another.
type meaning [256]uint16

func (m *meaning) find(from, to *colours) {
	same := from.generation == to.generation
	for i := range m {
		m[i] = absent
		switch {
		case same:
			m[i] = uint16(i)
		case i == palette.Transparent && from.clear:
			if to.clear {
				m[i] = palette.Transparent
			}
		case i < from.n:
			for j := range to.n {
				if from.rgb[i] == to.rgb[j] {
					m[i] = uint16(j)
					break
				}
			}
		}
	}
}

// table is a colour table as the file has it.
type table struct {
	rgb [256]uint32
	n   int // entries, the transparent one included
	// transparent is the index that shows what lies below, or -1.
	transparent int
	// index is the index that stands for each of a frame's, where has is set.
	index [256]uint8
	has   set

	// What it was made of: the first colours of a generation.
	generation, colours int
}

// set is a set of indices.
type set [256]bool

// build makes the table of those indices of c that are used, palette.Transparent among them, in the
// given order. The transparent entry is the first one, so that images that are transparent for the
// most part need few bits, or the last, so that the others keep their index.
func (t *table) build(c *colours, used *set, order *[256]uint8, last bool) {
	t.n, t.transparent, t.generation, t.colours = 0, -1, c.generation, c.n
	clear(t.rgb[:])
	clear(t.has[:])
	for i := range c.n {
		if used[i] {
			t.n++
		}
	}
	if used[palette.Transparent] && c.n < 256 {
		// It is last, too, where it doubles the table.
		if t.transparent = 0; last || t.n&(t.n-1) == 0 {
			t.transparent = t.n
		}
		t.n++
		t.index[palette.Transparent], t.has[palette.Transparent] = uint8(t.transparent), true
	}
	at := 0
	for _, i := range order[:c.n] {
		if !used[i] {
			continue
		}
		if at == t.transparent {
			at++
		}
		t.rgb[at], t.index[i], t.has[i] = c.rgb[i], uint8(at), true
		at++
	}
}

// covers tells whether the table has all colours of c.
func (t *table) covers(c *colours) bool {
	return t.generation == c.generation && t.colours >= c.n && (t.transparent >= 0 || !c.clear)
}

// depth is the number of bits, from 1 to 8, in which n entries can be told apart.
func depth(n int) uint {
	b := uint(1)
	for n > 1<<b {
		b++
	}
	return b
}
