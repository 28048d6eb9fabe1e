// Package lzw compresses pixels as GIF does (GIF89a, appendix F): variable-length codes, packed from
// the low bit on, in sub-blocks of up to 255 bytes.
package lzw

// Sink takes finished bytes, which are only valid during the call.
type Sink func(p []byte)

// Size of the output area and the room that is kept free at its end, so that all between two images,
// two colour tables at most, and a sub-block always fit.
const (
	areaSize = 64 << 10
	areaRoom = 2 << 10
	maxBlock = 255
)

// Writer collects a GIF in one output area, which leaves for the sink whenever it is full.
type Writer struct {
	sink Sink
	area *[areaSize]byte
	pos  uint16 // end of what is in the area; as large as that, so that it needs no check
	// block is where the open sub-block has its length byte.
	block uint16
	acc   uint64 // bits that are not in the area yet, lowest first
	held  uint   // how many
}

// Put appends the lowest n bytes of v, outside of sub-blocks.
func (w *Writer) Put(v uint32, n int) {
	for ; n > 0; n-- {
		w.area[w.pos] = byte(v)
		w.pos++
		v >>= 8
	}
}

// Text appends bytes as they are, outside of sub-blocks.
func (w *Writer) Text(s string) {
	for i := range len(s) {
		w.Put(uint32(s[i]), 1)
	}
}

// Flush hands all bytes to the sink.
func (w *Writer) Flush() {
	w.sink(w.area[:w.pos])
	w.pos = 0
}

// open begins a sub-block.
func (w *Writer) open() {
	if w.pos > areaSize-areaRoom {
		w.Flush()
	}
	w.block = w.pos
	w.pos++
}

// seal ends the sub-block.
func (w *Writer) seal() { w.area[w.block] = byte(w.pos - w.block - 1) }

// code appends one code of the given width.
func (w *Writer) code(code uint32, width uint) {
	w.acc |= uint64(code) << (w.held & 63)
	w.held += width
	for w.held >= 8 {
		w.byte()
	}
}

// byte moves eight bits into the area.
func (w *Writer) byte() {
	if int(w.pos) > int(w.block)+maxBlock {
		w.seal()
		w.open()
	}
	w.Put(uint32(w.acc), 1)
	w.acc >>= 8
	w.held -= 8
}

// close appends the last bits and ends the image's data.
func (w *Writer) close() {
	w.code(0, 7)
	w.acc, w.held = 0, 0
	w.seal()
	w.Put(0, 1)
}
