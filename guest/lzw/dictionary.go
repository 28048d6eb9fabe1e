package lzw

const (
	maxCodes = 4096
	maxWidth = 12

	// The dictionary is looked up directly: row is the next pixel, column the code so far. Rows are
	// a little over 4,096 long so that equal columns of different rows don't share cache sets.
	rowLength = maxCodes + 32

	keyBits = 20
)

// dictionary maps a code and the pixel after it to the code of both. Its cells are never cleared: a
// cell counts only if the key of the code that it holds says so, and keys carry the number of the
// dictionary's generation.
type dictionary struct {
	cells      []uint16
	keys       [maxCodes]uint32
	generation uint32
	// first is the first pixel of each code's string; only Search keeps it.
	first [maxCodes]byte
}

// renew forgets all entries.
func (d *dictionary) renew() {
	if d.generation += 1 << keyBits; d.generation == 0 {
		// Generations start over: no old key may look like a new one.
		clear(d.keys[:])
		d.generation = 1 << keyBits
	}
}

func (d *dictionary) key(code uint32, p byte) uint32 {
	return d.generation | uint32(p)<<maxWidth | code
}

// find returns the code of another code and the pixel after it.
func (d *dictionary) find(code uint32, p byte) (uint32, bool) {
	c := uint32(d.cells[uint32(p)*rowLength+code])
	return c, d.keys[c%maxCodes] == d.key(code, p)
}

// add gives a code and the pixel after it a code of their own.
func (d *dictionary) add(code uint32, p byte, both uint32) {
	d.cells[uint32(p)*rowLength+code] = uint16(both)
	d.keys[both%maxCodes] = d.key(code, p)
	d.first[both%maxCodes] = d.first[code%maxCodes]
}

// remove takes a code back; nothing else has been added since.
func (d *dictionary) remove(code uint32) { d.keys[code%maxCodes] = 0 }

// trial watches a full dictionary: it is cleared when a window of codes does worse than the whole of
// its growth did, since growing anew would do about that well.
type trial struct {
	// gained pixels cost spent bits: while the dictionary grew, and in this window.
	grownGained, grownSpent int
	gained, spent           int
	codes                   int
	full                    bool
}

// window is how many codes pass between two looks at a full dictionary: of 128 to 512, the best over
// the animations of the benchmark.
const window = 384

// fill ends growth, during which pixels became bits.
func (t *trial) fill(pixels, bits int) {
	t.grownGained, t.grownSpent, t.full = pixels, bits, true
}

// worse tells, after a code of a full dictionary, whether to clear it. Patience is how much worse it
// may get, in 1/64, and Impatient not at all.
func (t *trial) worse(pixels, patience int) bool {
	if patience == Impatient {
		return true
	}
	t.gained += pixels
	t.spent += maxWidth
	if t.codes++; t.codes < window {
		return false
	}
	worse := int64(t.gained)*int64(t.grownSpent)*64 < int64(t.grownGained)*int64(t.spent)*int64(64-patience)
	t.gained, t.spent, t.codes = 0, 0, 0
	return worse
}

// Impatient is the patience with which a dictionary is cleared as soon as it is full.
const Impatient = -1 << 31
