package gif

import "math/bits"

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

// build makes the table of those colours that are used; a used index that has no colour is transparent.
func (t *table) build(c *colours, used *set) {
	t.n, t.transparent, t.generation, t.colours = 0, -1, c.generation, c.n
	clear(t.rgb[:])
	for i := range c.rgb {
		if !used[i] {
			continue
		}
		if i >= c.n {
			t.transparent = t.n
		}
		t.rgb[uint8(t.n)], t.index[i] = c.rgb[i], uint8(t.n)
		t.n++
	}
}

// covers tells whether the table has all colours of c.
func (t *table) covers(c *colours) bool {
	return t.generation == c.generation && t.colours >= c.n && (t.transparent >= 0 || !c.holes)
}

// depth is the number of bits, from 1 to 8, in which n entries can be told apart.
func depth(n int) uint {
	return uint(max(1, bits.Len8(uint8(n-1))))
}
