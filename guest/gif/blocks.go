package gif

// Sections are those of the GIF89a specification.

// disposal is what happens to a frame's rectangle before the next frame (section 23.c.iv).
type disposal uint8

const (
	keep       disposal = 1
	background disposal = 2
	previous   disposal = 3
)

// rectangle is a part of the canvas, in pixels.
type rectangle struct{ left, top, width, height int }

// begin writes the file's head with the global colour table (sections 17 to 19) and the application
// extension by which all players loop for ever.
func (e *Encoder) begin() {
	w := e.out
	w.Bytes([]byte("GIF89a"))
	e.short(e.header.Width)
	e.short(e.header.Height)
	bits := e.global.bits()
	w.Byte(0xF0|byte(bits-1), 0, 0)
	e.colourTable(&e.global, bits)
	w.Bytes([]byte("\x21\xFF\x0BNETSCAPE2.0\x03\x01\x00\x00\x00"))
}

// graphicControl writes the extension before an image (section 23); transparent is an index or -1.
func (e *Encoder) graphicControl(d disposal, delay, transparent int) {
	flags := byte(d) << 2
	if transparent >= 0 {
		flags |= 1
	}
	e.out.Byte(0x21, 0xF9, 4, flags)
	e.short(delay)
	e.out.Byte(byte(transparent), 0)
}

// imageDescriptor writes the image's place and, unless it is nil, its own colour table (section 20).
func (e *Encoder) imageDescriptor(r rectangle, local *colours) {
	e.out.Byte(0x2C)
	e.short(r.left)
	e.short(r.top)
	e.short(r.width)
	e.short(r.height)
	if local == nil {
		e.out.Byte(0)
		return
	}
	bits := local.bits()
	e.out.Byte(0x80 | byte(bits-1))
	e.colourTable(local, bits)
}

// bits is the size of the smallest table that fits, as a power of two from 1 to 8; the transparent
// index counts.
func (c *colours) bits() uint {
	bits := uint(1)
	for n := c.entries(); n > 1<<bits; {
		bits++
	}
	return bits
}

func (c *colours) entries() int {
	if c.clear {
		return c.n + 1
	}
	return c.n
}

func (e *Encoder) colourTable(c *colours, bits uint) {
	for i := 0; i < 1<<bits; i++ {
		rgb := uint32(0)
		if i < c.n {
			rgb = c.rgb[i]
		}
		e.out.Byte(byte(rgb), byte(rgb>>8), byte(rgb>>16))
	}
}

func (e *Encoder) short(v int) { e.out.Byte(byte(v), byte(v>>8)) }
