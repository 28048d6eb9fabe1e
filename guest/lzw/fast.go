package lzw

const (
	maxCodes = 4096
	maxWidth = 12

	// The dictionary is looked up directly: row is the next pixel, column the code so far. Rows are
	// a little over 4,096 long so that equal columns of different rows don't share cache sets.
	rowLength = maxCodes + 32
	cells     = 256 * rowLength

	keyBits = 20
)

// Dictionary maps a code and the pixel after it to the code of both. Its cells are never cleared: a
// cell counts only if the key of the code that it holds says so, and keys carry the number of the
// dictionary's generation.
type dictionary struct {
	cells      [cells]uint16
	keys       [maxCodes]uint32
	generation uint32
}

// renew forgets all entries.
func (d *dictionary) renew() {
	if d.generation += 1 << keyBits; d.generation == 0 {
		// Generations start over: no old key may look like a new one.
		clear(d.keys[:])
		d.generation = 1 << keyBits
	}
}

// Encoder compresses images one after the other.
type Encoder struct {
	*Writer
	dictionary dictionary
}

// NewEncoder makes an encoder with its output area and dictionary; nothing is allocated later.
func NewEncoder(sink Sink) *Encoder {
	return &Encoder{Writer: NewWriter(sink)}
}

// Fast writes one image's data, with every pixel under 1<<bits, by taking the longest match each
// time and clearing the dictionary when it is full.
func (e *Encoder) Fast(pixels []byte, bits uint) {
	w, d := e.Writer, &e.dictionary
	w.Byte(byte(bits))
	w.open()
	var (
		reset = uint32(1) << bits
		next  = reset + 2
		width = bits + 1
		wider = reset << 1 // the code from which on one more bit is needed
		acc   = uint64(reset)
		held  = width
	)
	d.renew()
	generation := d.generation
	code := uint32(pixels[0])
	for _, p := range pixels[1:] {
		row := uint32(p) * rowLength
		key := generation | uint32(p)<<maxWidth | code
		if c := uint32(d.cells[row+code]); d.keys[c%maxCodes] == key {
			code = c
			continue
		}
		acc |= uint64(code) << (held & 63)
		if held += width; held >= 32 {
			w.put(acc)
			acc >>= 32
			held -= 32
		}
		if next < maxCodes {
			d.cells[row+code] = uint16(next)
			d.keys[next%maxCodes] = key
			if next == wider {
				width++
				wider <<= 1
			}
			next++
		} else {
			acc |= uint64(reset) << (held & 63)
			if held += width; held >= 32 {
				w.put(acc)
				acc >>= 32
				held -= 32
			}
			next, width, wider = reset+2, bits+1, reset<<1
			d.renew()
			generation = d.generation
		}
		code = uint32(p)
	}
	w.acc, w.bits = acc, held
	w.code(code, width)
	// The decoder has one more entry by now, and may read wider.
	if next == wider && next < maxCodes {
		width++
	}
	w.code(reset+1, width)
	w.close()
}
