package lzw

// Encoder compresses images one after the other.
type Encoder struct {
	*Writer
	dictionary dictionary
	search     search
}

// NewEncoder makes an encoder with its output area and dictionary; nothing is allocated later.
func NewEncoder(sink Sink) *Encoder {
	return &Encoder{Writer: NewWriter(sink)}
}

// Greedy writes one image's data, with every pixel under 1<<bits, and takes the longest match each
// time. A full dictionary is cleared at once if the patience is Impatient, else when it does worse
// than it did while it grew.
func (e *Encoder) Greedy(pixels []byte, bits uint, patience int) {
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
		watch trial
		since = 0 // the pixel at which the dictionary was new, or the last code ended
		spent = 0
	)
	d.renew()
	generation := d.generation
	code := uint32(pixels[0])
	for i := 1; i < len(pixels); i++ {
		p := pixels[i]
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
			spent += int(width)
			d.cells[row+code] = uint16(next)
			d.keys[next%maxCodes] = key
			if next == wider {
				width++
				wider <<= 1
			}
			next++
		} else {
			if !watch.full {
				watch.fill(i-since, spent)
				since = i
			}
			if watch.worse(i-since, patience) {
				acc |= uint64(reset) << (held & 63)
				if held += width; held >= 32 {
					w.put(acc)
					acc >>= 32
					held -= 32
				}
				next, width, wider = reset+2, bits+1, reset<<1
				d.renew()
				generation = d.generation
				watch, spent = trial{}, 0
			}
			since = i
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
