package lzw

import "wasmtrim/guest/word"

// Encoder compresses images one after the other.
type Encoder struct {
	Writer
	dictionary dictionary
	runs       runs
	search     search
}

// NewEncoder makes an encoder with its output area and dictionary; nothing is allocated later.
func NewEncoder(sink Sink) *Encoder {
	e := new(Encoder)
	e.sink = sink
	e.area = make([]byte, areaSize)
	e.dictionary.cells = make([]uint16, rowLength<<8)
	return e
}

// Greedy writes one image's data, with every pixel under 1<<bits, and takes the longest match each
// time. A full dictionary is cleared at once if the patience is Impatient, else when it does worse
// than it did while it grew.
func (e *Encoder) Greedy(pixels []byte, bits uint, patience int) {
	w, d := &e.Writer, &e.dictionary
	w.Put(uint32(bits), 1)
	w.open()
	var (
		reset = uint32(1) << bits
		next  = reset + 2
		width = bits + 1
		wider = reset << 1 // the code from which on one more bit is needed
		watch trial
		since = 0 // the pixel at which the dictionary was new, or the last code ended
		spent = 0
	)
	w.code(reset, width)
	d.renew()
	e.runs.renew(reset)
	// The writer's state is kept in variables while codes are written one after the other.
	generation := d.generation
	area, pos, end, acc, held := w.area, w.pos, w.block+256, w.acc, w.bits
	code := uint32(pixels[0])
	for i := 1; i < len(pixels); i++ {
		p := pixels[i]
		cell := uint32(p)*rowLength + code
		key := generation | uint32(p)<<maxWidth | code
		if c := uint32(d.cells[cell]); d.keys[c%maxCodes] == key {
			code = c
			continue
		}
		acc |= uint64(code) << (held & 63)
		if held += width; held >= 32 {
			word.Store32(area, pos, uint32(acc))
			if pos += 4; pos > end {
				w.pos = pos
				w.seal()
				pos, end = w.pos, w.block+256
			}
			acc >>= 32
			held -= 32
		}
		if next < maxCodes {
			spent += int(width)
			d.cells[cell] = uint16(next)
			d.keys[next%maxCodes] = key
			if e.runs.ends(code, p) {
				e.runs.add(p, next)
			}
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
				w.pos, w.acc, w.bits = pos, acc, held
				w.code(reset, width)
				pos, end, acc, held = w.pos, w.block+256, w.acc, w.bits
				next, width, wider = reset+2, bits+1, reset<<1
				d.renew()
				e.runs.renew(reset)
				generation = d.generation
				watch, spent = trial{}, 0
			}
			since = i
		}
		code = uint32(p)
		if begins(pixels, i) {
			n := 0
			n, code = e.runs.match(pixels, i)
			i += n - 1
		}
	}
	w.pos, w.acc, w.bits = pos, acc, held
	w.code(code, width)
	// The decoder has one more entry by now, and may read wider.
	if next == wider && next < maxCodes {
		width++
	}
	w.code(reset+1, width)
	w.close()
}
