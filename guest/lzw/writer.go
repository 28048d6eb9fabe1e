// Package lzw compresses pixels as GIF does (GIF89a, appendix F): variable-length codes, packed from
// the low bit on, in sub-blocks of up to 255 bytes.
package lzw

import "wasmtrim/guest/word"

// Sink takes finished bytes, which are only valid during the call.
type Sink func(p []byte)

// Size of the output area and the room that is kept free at its end, so that all between two images,
// two colour tables at most, and a sub-block and a word always fit.
const (
	areaSize = 64 << 10
	areaRoom = 2 << 10
)

// Writer collects a GIF in one output area, which leaves for the sink whenever it is full.
type Writer struct {
	sink Sink
	area []byte
	pos  int // end of what is in the area
	// block is where the open sub-block has its length byte.
	block int
	acc   uint64 // bits that are not in the area yet, lowest first
	bits  uint
}

// Put appends the lowest n bytes of v, outside of sub-blocks.
func (w *Writer) Put(v uint32, n int) {
	for range n {
		w.area[w.pos] = byte(v)
		w.pos++
		v >>= 8
	}
}

// Text appends bytes as they are, outside of sub-blocks.
func (w *Writer) Text(s string) { w.pos += copy(w.area[w.pos:], s) }

// Flush hands all finished bytes to the sink.
func (w *Writer) Flush() {
	w.send(w.pos)
}

// send hands the first n bytes to the sink and moves the few after them to the front.
func (w *Writer) send(n int) {
	w.sink(w.area[:n])
	w.pos = copy(w.area, w.area[n:w.pos])
	w.block -= n
}

// open begins the sub-blocks of one image.
func (w *Writer) open() {
	w.block = w.pos
	w.pos++
	w.acc, w.bits = 0, 0
}

// seal closes the sub-block that has just been filled; up to three bytes over its end become the
// first ones of the next.
func (w *Writer) seal() {
	end := w.block + 256
	w.area[w.block] = 255
	over := word.Load32(w.area, end)
	word.Store32(w.area, end+1, over)
	w.block = end
	w.pos++
	if w.pos > len(w.area)-areaRoom {
		w.send(end)
	}
}

// put appends the lowest 32 bits of the accumulator.
func (w *Writer) put(acc uint64) {
	word.Store32(w.area, w.pos, uint32(acc))
	w.pos += 4
	if w.pos > w.block+256 {
		w.seal()
	}
}

// code appends one code of the given width.
func (w *Writer) code(code uint32, width uint) {
	w.acc |= uint64(code) << w.bits
	w.bits += width
	if w.bits >= 32 {
		w.put(w.acc)
		w.acc >>= 32
		w.bits -= 32
	}
}

// close appends the last bits and ends the image's data.
func (w *Writer) close() {
	for n := (w.bits + 7) / 8; n > 0; n-- {
		w.area[w.pos] = byte(w.acc)
		w.acc >>= 8
		if w.pos++; w.pos > w.block+256 {
			w.seal()
		}
	}
	if n := w.pos - w.block - 1; n > 0 {
		w.area[w.block] = byte(n)
		w.pos++
	}
	w.area[w.pos-1] = 0
	if len(w.area)-w.pos < areaRoom {
		w.Flush()
	}
}
