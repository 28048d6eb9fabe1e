package lzw

const (
	maxCodes = 4096
	maxWidth = 12

	// The dictionary is looked up directly: row is the next pixel, column the code so far. Rows are
	// a little over 4,096 long so that equal columns of different rows don't share cache sets.
	rowLength = maxCodes + 32

	// known tells a key from none.
	known = 1 << 20
)

// dictionary maps a code and the pixel after it to the code of both. Its cells are never cleared: a
// cell counts only if the key of the code that it holds says so.
type dictionary struct {
	cells *[rowLength * 256]uint16
	keys  [maxCodes]uint32
	// first is the first pixel of each code's string; only Search keeps it.
	first [maxCodes]byte
}

// renew forgets all entries.
func (d *dictionary) renew() { clear(d.keys[:]) }

// key is what stands for a code and the pixel after it.
func key(code uint32, p byte) uint32 { return known | uint32(p)<<maxWidth | code }

// cell is where the code of a code and the pixel after it is kept.
func (d *dictionary) cell(code uint32, p byte) *uint16 {
	return &d.cells[uint32(p)*rowLength+code%maxCodes]
}

// find returns the code of another code and the pixel after it, none if there is none; that of none
// and a pixel is the pixel.
func (d *dictionary) find(code uint32, p byte) uint32 {
	if code == none {
		return uint32(p)
	}
	c := uint32(*d.cell(code, p)) % maxCodes
	if d.keys[c] != key(code, p) {
		return none
	}
	return c
}

// add gives a code and the pixel after it a code of their own.
func (d *dictionary) add(code uint32, p byte, both uint32) {
	*d.cell(code, p) = uint16(both)
	d.keys[both%maxCodes] = key(code, p)
	d.first[both%maxCodes] = d.first[code%maxCodes]
}

// Impatient is the patience with which a dictionary is cleared as soon as it is full.
const Impatient = -128

// window is how many codes pass between two looks at a full dictionary: of 128 to 512, the best over
// the animations of the benchmark.
const window = 384

// trial watches a dictionary. When it is full, it is cleared when a window of codes does worse than the
// whole of its growth did, since growing anew would do about that well.
type trial struct {
	// noise tells that pixels don't come again, so that a code is hardly more than one of them.
	noise bool
	// pixel and bits are where growth began, or the window.
	pixel, bits int
	// gained pixels were spent bits on by growth; nothing, while that goes on.
	gained, spent int64
	// codes are left until the next look.
	codes int
}

// begin begins growth.
func (t *trial) begin(pixel, bits int) { t.pixel, t.bits, t.gained, t.codes = pixel, bits, 0, 1 }

// vain tells that codes get wider for nothing: in noise, those of the first width do better. The second
// width is tried until it was vain, and again when the first one does well.
func (t *trial) vain(codes, reset uint32, pixel int) bool {
	if codes == 4*reset || codes == 2*reset && t.noise {
		t.noise = (pixel-t.pixel)*32 < int(codes-reset)*33
		return t.noise
	}
	return false
}

// worse tells, after each code of a full dictionary, whether to clear it. The code ends before a pixel
// of the image, at a number of bits. Patience is how much worse it may get, in 1/64, and Impatient not
// at all.
func (t *trial) worse(pixel, bits, patience int) bool {
	if patience == Impatient {
		return true
	}
	if t.codes--; t.codes > 0 {
		return false
	}
	t.codes = window
	gained, spent := int64(pixel-t.pixel), int64(bits-t.bits)
	t.pixel, t.bits = pixel, bits
	if t.gained == 0 {
		t.gained, t.spent = gained, spent
		return false
	}
	return gained*t.spent*64 < t.gained*spent*int64(64-patience)
}
