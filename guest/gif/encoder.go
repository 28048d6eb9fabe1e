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
	palette [palette.Size]byte

	// ring holds the frames that are not written yet: pending ones from first on, written before them.
	ring    []*frame
	first   int
	pending int
	written int

	// known are the colours of the newest frames; its generation counts how often it was begun anew.
	known      palette.Table
	generation int

	// global is the file's table, local that of an image; everything is a set that all fills.
	global, local table
	everything    set
	// natural is the order in which colours were seen, sorted that of the global table.
	natural, sorted [256]uint8

	// canvas is what is shown before the oldest frame is drawn, change how that frame differs.
	canvas      *frame
	change      change
	changeKnown bool
	drawing     drawing
	lossy       lossy
	meaning     meaning
}

// frame is one index frame of the ring.
type frame struct {
	pixels []byte
	// draws is set for indices that differ from the frame before, see order.
	draws   []byte
	colours colours
	delay   int // hundredths of a second
}

// Bounds of the ring, and what it takes where the header says nothing.
const (
	minRing       = 2
	maxRing       = 1024
	defaultMemory = 2 << 20
	defaultRing   = 32
)

// New lays out the memory for an animation. Of the header it reads the size, the layout, the effort
// and the memory.
func New(h *wire.Header, sink lzw.Sink) (*Encoder, fault.Fault) {
	size := h.Width * h.Height
	stride := (size + 256 + 63) &^ 63
	slots := max(minRing, min(defaultRing, defaultMemory/stride))
	if h.Memory > 0 {
		slots = min(maxRing, h.Memory/stride)
	}
	if slots < minRing {
		return nil, fault.MemoryLimit
	}
	e := &Encoder{header: *h, out: lzw.NewEncoder(sink, pixelBits(h))}
	if h.Layout == wire.RGBA || h.Effort > wire.Fastest {
		e.input = make([]byte, size*4)
	}
	e.ring = make([]*frame, slots+1)
	frames := make([]frame, slots+1)
	pixels := make([]byte, (slots+1)*stride)
	for i := range e.ring {
		frames[i].pixels = pixels[i*stride:][:size:size]
		frames[i].draws = pixels[i*stride+size:][:256:256]
		e.ring[i] = &frames[i]
	}
	e.ring, e.canvas = e.ring[:slots], e.ring[slots]
	for i := range e.natural {
		e.natural[i] = uint8(i)
	}
	e.erase(e.canvas, e.whole())
	e.known.Reset()
	return e, e.lossy.prepare(h, &e.known)
}

// pixelBits is how many bits a pixel may have in the file.
func pixelBits(h *wire.Header) uint {
	switch {
	case h.Layout == wire.Indexed && h.Effort > wire.Fastest:
		// Pixels that need no drawing may get a transparent entry.
		return max(2, depth(min(256, h.Colours+1)))
	case h.Layout != wire.RGBA && h.Effort == wire.Fastest:
		return max(2, depth(h.Colours))
	}
	return 8
}

// Input is where the next frame's pixels belong before Push, all of them: width*height*4 bytes of
// RGBA, or width*height indices. Push leaves something else there.
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
	return fault.None
}

// Delay sets how long the newest frame is shown, where that is known only after Push.
func (e *Encoder) Delay(centiseconds int) { e.slot(e.pending - 1).delay = centiseconds }

// Finish writes what is left, and the trailer.
func (e *Encoder) Finish() {
	for e.pending > 0 {
		e.write()
	}
	e.out.Bytes([]byte{0x3B})
	e.out.Flush()
}

// slot is the ring's frame that is i after the oldest.
func (e *Encoder) slot(i int) *frame { return e.ring[(e.first+i)%len(e.ring)] }

// write writes the oldest frame of the ring and drops it.
func (e *Encoder) write() {
	f := e.slot(0)
	if e.written == 0 {
		// The newest frame that shares the first one's table knows the most colours of it.
		c := &f.colours
		for i := 1; i < e.pending && e.slot(i).colours.generation == c.generation; i++ {
			c = &e.slot(i).colours
		}
		order := &e.natural
		if e.header.Effort > wire.Fastest {
			order = e.order(c)
		}
		e.build(&e.global, c, e.all(c, e.pending > 1), order)
		e.head()
	}
	if e.header.Effort > wire.Fastest {
		e.writePart(f)
	} else {
		e.writeWhole(f)
	}
	e.first = (e.first + 1) % len(e.ring)
	e.pending--
	e.written++
}

// build makes a table; that of indices that are written as given has their transparent one.
func (e *Encoder) build(t *table, c *colours, used *set, order *[256]uint8) {
	t.build(c, used, order, e.header.Effort == wire.Fastest)
	if e.asGiven() {
		t.transparent = e.header.Transparent
	}
}

// all is the set of all indices of c, and of palette.Transparent if c has it or it is wanted.
func (e *Encoder) all(c *colours, transparent bool) *set {
	for i := range e.everything {
		e.everything[i] = i < c.n
	}
	if c.n < 256 {
		e.everything[palette.Transparent] = !e.asGiven() && (c.clear || transparent)
	}
	return &e.everything
}
