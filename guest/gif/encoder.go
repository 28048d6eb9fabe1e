// Package gif writes animated GIF89a files frame by frame, in memory that doesn't grow.
package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// Encoder takes frames and hands the finished parts of the file to its sink. Its header is set first,
// then Open is called.
//
// All memory is laid out by Open, in three areas: the input frame (Input), a ring of index frames, and
// the output area of the LZW encoder.
type Encoder struct {
	Header wire.Header
	// rgba is the input area; indices lie at its end, so that they can become colours in place.
	rgba, input []byte
	// canvas is what is shown before the frames that are not written yet, which follow it in the ring
	// up to newest.
	canvas, newest *frame
	written        bool
	// area is what is drawn and cleared by the frame that is being written.
	area rectangle
	// forms are those of the newest image: as it is, and with what does not change left transparent.
	// Their pixels lie in rgba, whose input has become indices by then, or are the frame's own.
	forms [2]form
	lossy lossy
	// known are the colours of the newest frames; its generation counts how often it was begun anew.
	generation int
	known      palette.Table
	// global is the file's table, local that of an image.
	global, local table
	used          set
	palette       [palette.Size]byte
	out           lzw.Encoder
}

// frame is one index frame of the ring.
type frame struct {
	next   *frame
	pixels []byte
	delay  int // hundredths of a second
	colours
}

// Bounds of the ring, and what it takes where the header says nothing.
const (
	minRing       = 2
	maxRing       = 1024
	defaultMemory = 2 << 20
	defaultRing   = 32
)

// Open lays out the memory for an animation. Of the header it reads the size, the layout, the effort
// and the memory.
func (e *Encoder) Open(sink lzw.Sink) fault.Fault {
	h := &e.Header
	size := h[wire.Width] * h[wire.Height]
	stride := (size + 256 + 63) &^ 63
	slots := max(minRing, min(defaultRing, defaultMemory/stride))
	if h[wire.Memory] > 0 {
		slots = min(maxRing, h[wire.Memory]/stride)
	}
	if slots < minRing {
		return fault.MemoryLimit
	}
	e.out.Open(sink)
	e.rgba = make([]byte, size*4)
	e.forms[0].pixels, e.forms[1].pixels = e.rgba[:size], e.rgba[size:]
	e.out.Alternatives = e.forms[0].pixels
	e.input = e.rgba
	if h[wire.Pixels] != wire.RGBA {
		e.input = e.rgba[3*size:]
	}
	e.canvas = new(frame)
	e.newest = e.canvas
	for f := e.canvas; ; f = f.next {
		f.pixels = make([]byte, stride)[:size]
		if slots == 0 {
			f.next = e.canvas
			return e.lossy.prepare(h, &e.known)
		}
		slots--
		f.next = new(frame)
	}
}

// Input is where the next frame's pixels belong before Push, all of them: width*height*4 bytes of
// RGBA, or width*height indices. Push leaves something else there.
func (e *Encoder) Input() []byte { return e.input }

// Palette is where the palette of indexed frames belongs before Push: 768 bytes of RGB.
func (e *Encoder) Palette() []byte { return e.palette[:] }

// Push takes the frame that lies in Input, to be shown for delay hundredths of a second.
func (e *Encoder) Push(delay int) fault.Fault {
	f := e.newest.next
	if problem := e.index(f); problem != fault.None {
		return problem
	}
	f.delay = delay
	e.newest = f
	if f.next == e.canvas {
		e.write()
	}
	return fault.None
}

// Delay sets how long the newest frame is shown, where that is known only after Push.
func (e *Encoder) Delay(centiseconds int) { e.newest.delay = centiseconds }

// Finish writes what is left, and the trailer.
func (e *Encoder) Finish() {
	for e.newest != e.canvas {
		e.write()
	}
	e.out.Put(0x3B, 1)
	e.out.Flush()
}
