//go:build !small

package lzw

import "wasmtrim/guest/word"

// Greedy writes the data of Pixels and takes the longest match each time. A full dictionary is cleared at
// once if the patience is Impatient, else when it does worse than it did while it grew.
func (e *Encoder) Greedy(patience int) {
	pixels, bits := e.Pixels, e.Width
	w, d := &e.Writer, &e.dictionary
	w.Put(uint32(bits), 1)
	w.open()
	var (
		reset = uint32(1) << bits
		next  = reset + 2
		width = bits + 1
		wider = reset << 1 // the code from which on one more bit is needed
		spent = 0          // bits of all codes but those that clear
	)
	e.trial.noise = false
	e.trial.begin(0, 0)
	w.code(reset, width)
	d.renew()
	e.runs.renew(reset)
	// The writer's state is kept in variables while codes are written one after the other.
	area, pos, end, acc, held := w.area[:], int(w.pos), int(w.block)+1+maxBlock, w.acc, w.held
	code := uint32(pixels[0])
	for i := 1; i < len(pixels); i++ {
		p := pixels[i]
		cell := uint32(p)*rowLength + code
		k := key(code, p)
		if c := uint32(d.cells[cell]); d.keys[c%maxCodes] == k {
			code = c
			continue
		}
		acc |= uint64(code) << (held & 63)
		if held += width; held >= 32 {
			word.Store32(area, pos, uint32(acc))
			if pos += 4; pos > end {
				w.pos = uint16(pos)
				w.carry()
				pos, end = int(w.pos), int(w.block)+1+maxBlock
			}
			acc >>= 32
			held -= 32
		}
		spent += int(width)
		useless := false
		if next < maxCodes {
			d.cells[cell] = uint16(next)
			d.keys[next%maxCodes] = k
			if e.runs.ends(code, p) {
				e.runs.add(p, next)
			}
			if next == wider {
				useless = e.trial.vain(wider, reset, i)
				width++
				wider <<= 1
			}
			next++
		} else {
			useless = e.trial.worse(i, spent, patience)
		}
		if useless {
			w.pos, w.acc, w.held = uint16(pos), acc, held
			w.code(reset, width)
			pos, end, acc, held = int(w.pos), int(w.block)+1+maxBlock, w.acc, w.held
			clear(d.keys[:next])
			next, width, wider = reset+2, bits+1, reset<<1
			e.runs.renew(reset)
			e.trial.begin(i, spent)
		}
		code = uint32(p)
		if begins(pixels, i) {
			n := 0
			n, code = e.runs.match(pixels, i)
			i += n - 1
		}
	}
	w.pos, w.acc, w.held = uint16(pos), acc, held
	w.code(code, width)
	// The decoder has one more entry by now, and may read wider.
	if next == wider && next < maxCodes {
		width++
	}
	w.code(reset+1, width)
	w.close()
}

// carry ends the sub-block that is full; up to three bytes over its end become the first ones of the
// next.
func (w *Writer) carry() {
	end := int(w.block) + 1 + maxBlock
	over, n := word.Load32(w.area[:], end), w.pos-uint16(end)
	w.pos = uint16(end)
	w.seal()
	w.open()
	word.Store32(w.area[:], int(w.pos), over)
	w.pos += n
}
