package gif

import "wasmtrim/guest/palette"

// table is a colour table as the file has it.
type table struct {
	n int // entries, the transparent one included
	// transparent is the index that shows what lies below, or -1.
	transparent int
	// What it was made of: the first colours of a generation.
	generation, colours int
	rgb                 [256]uint32
	// index is the index that stands for each of a frame's.
	index [256]uint8
}

// set is a set of indices.
type set [256]bool

// build makes the table of those colours that are used, and a transparent entry if that is; none is
// with 256 colours. It is the first one, so that images that are transparent for the most part need
// few bits, or the last where it doubles the table.
func (t *table) build(c *colours, used *set) {
	n := 0
	for i := range c.n {
		if used[i] {
			n++
		}
	}
	t.transparent = -1
	at := 0
	if c.n < 256 && used[palette.Transparent] {
		if t.transparent = n; n&(n-1) != 0 {
			t.transparent = 0
			at = 1
		}
		t.index[palette.Transparent] = uint8(t.transparent)
		n++
	}
	t.n, t.generation, t.colours = n, c.generation, c.n
	clear(t.rgb[:])
	for i := range c.n {
		if used[i] {
			t.rgb[at], t.index[i] = c.rgb[i], uint8(at)
			at++
		}
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
