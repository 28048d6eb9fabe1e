// Package gif writes animated GIF89a files frame by frame, in memory that doesn't grow.
package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// Encoder takes frames and hands the finished parts of the file to its sink.
//
// All memory is laid out by New, in three areas: the input frame (Input), a ring of index frames that
// are compared with each other, and the output area of the LZW encoder.
type Encoder struct {
	header wire.Header
	out    *lzw.Encoder

	input   []byte
	palette [768]byte

	// ring holds the frames that are not written yet, the oldest at first.
	ring    []frame
	first   int
	pending int
	written int

	table      palette.Table
	generation int
	global     colours
}

// frame is one index frame of the ring.
type frame struct {
	pixels  []byte
	colours colours
	delay   int // hundredths of a second
}

// colours is what the indices of a frame mean.
type colours struct {
	rgb [256]uint32 // 0x00BBGGRR
	n   int
	// clear tells that palette.Transparent stands for a transparent pixel.
	clear bool
	// generation tells which palette.Table the indices come from: the same generation's tables only
	// grow, so equal indices are equal colours.
	generation int
}

// Bounds of the ring, and what it takes where the header says nothing.
const (
	minRing       = 2
	maxRing       = 1024
	defaultMemory = 2 << 20
	defaultRing   = 8
)

// New lays out the memory for an animation. Of the header it reads the size, the layout, the effort
// and the memory.
func New(h wire.Header, sink lzw.Sink) (*Encoder, fault.Fault) {
	size := h.Width * h.Height
	stride := (size + 256 + 63) &^ 63
	slots := max(minRing, min(defaultRing, defaultMemory/stride))
	if h.Memory > 0 {
		slots = min(maxRing, h.Memory/stride)
	}
	if slots < minRing {
		return nil, fault.MemoryLimit
	}
	e := &Encoder{header: h, out: lzw.NewEncoder(sink), input: make([]byte, size*4)}
	pixels := make([]byte, slots*stride)
	e.ring = make([]frame, slots)
	for i := range e.ring {
		e.ring[i].pixels = pixels[i*stride:][:size:size]
	}
	e.table.Reset()
	return e, fault.None
}

// Input is where the next frame's pixels belong before Push: width*height*4 bytes of RGBA, or
// width*height indices.
func (e *Encoder) Input() []byte {
	if e.header.Layout == wire.RGBA {
		return e.input
	}
	return e.slot(e.pending).pixels
}

// Palette is where the palette of indexed frames belongs before Push: 768 bytes of RGB.
func (e *Encoder) Palette() []byte { return e.palette[:] }

// Push takes the frame that lies in Input, to be shown for delay hundredths of a second.
func (e *Encoder) Push(delay int) fault.Fault {
	f := e.slot(e.pending)
	if problem := e.index(f); problem != fault.None {
		return problem
	}
	f.delay = delay
	if e.pending++; e.pending == len(e.ring) {
		e.write()
	}
	return e.fault()
}

// Delay sets how long the newest frame is shown, where that is known only after Push.
func (e *Encoder) Delay(centiseconds int) { e.slot(e.pending - 1).delay = centiseconds }

// Finish writes what is left, and the trailer.
func (e *Encoder) Finish() fault.Fault {
	for e.pending > 0 {
		e.write()
	}
	e.out.Byte(0x3B)
	e.out.Flush()
	return e.fault()
}

func (e *Encoder) fault() fault.Fault {
	if e.out.Failed {
		return fault.WriteFailed
	}
	return fault.None
}

// slot is the ring's frame that is i after the oldest.
func (e *Encoder) slot(i int) *frame { return &e.ring[(e.first+i)%len(e.ring)] }

// index fills the frame's indices and colours from the input.
func (e *Encoder) index(f *frame) fault.Fault {
	if e.header.Layout != wire.RGBA {
		return fault.BadOption
	}
	if !e.table.Index(f.pixels, e.input) {
		e.table.Reset()
		e.generation++
		if !e.table.Index(f.pixels, e.input) {
			return fault.TooManyColours
		}
	}
	c := &f.colours
	c.rgb, c.n, c.clear, c.generation = e.table.Colours, e.table.Len, e.table.Clear, e.generation
	return fault.None
}

// write writes the oldest frame of the ring and drops it.
func (e *Encoder) write() {
	f := e.slot(0)
	if e.written == 0 {
		// The newest frame that shares the first one's table knows the most colours of it.
		for i := 0; i < e.pending && e.slot(i).colours.generation == f.colours.generation; i++ {
			e.global = e.slot(i).colours
		}
		e.begin()
	}
	e.whole(f)
	e.first = (e.first + 1) % len(e.ring)
	e.pending--
	e.written++
}
