package gif

// Sections are those of the GIF89a specification.

// disposal is what happens to a frame's rectangle before the next frame (section 23.c.iv).
type disposal uint8

const (
	keep       disposal = 1
	background disposal = 2
	previous   disposal = 3
)

// head writes the file's head with the global colour table (sections 17 to 19) and the application
// extension by which all players loop for ever.
func (e *Encoder) head() {
	e.out.Bytes([]byte("GIF89a"))
	e.short(e.header.Width)
	e.short(e.header.Height)
	size := depth(e.global.n)
	e.out.Bytes([]byte{0xF0 | byte(size-1), 0, 0})
	e.colourTable(&e.global, size)
	e.out.Bytes([]byte("\x21\xFF\x0BNETSCAPE2.0\x03\x01\x00\x00\x00"))
}

// graphicControl writes the extension before an image (section 23); transparent is an index or -1.
func (e *Encoder) graphicControl(d disposal, delay, transparent int) {
	flags := byte(d) << 2
	if transparent >= 0 {
		flags |= 1
	}
	e.out.Bytes([]byte{0x21, 0xF9, 4, flags, byte(delay), byte(delay >> 8), byte(transparent), 0})
}

// imageDescriptor writes the image's place and, unless it is the global one, its table (section 20).
func (e *Encoder) imageDescriptor(r rectangle, t *table) {
	e.out.Bytes([]byte{0x2C})
	e.short(r.left)
	e.short(r.top)
	e.short(r.width)
	e.short(r.height)
	if t == &e.global {
		e.out.Bytes([]byte{0})
		return
	}
	size := depth(t.n)
	e.out.Bytes([]byte{0x80 | byte(size-1)})
	e.colourTable(t, size)
}

func (e *Encoder) colourTable(t *table, size uint) {
	for _, rgb := range t.rgb[:1<<size] {
		e.out.Bytes([]byte{byte(rgb), byte(rgb >> 8), byte(rgb >> 16)})
	}
}

func (e *Encoder) short(v int) { e.out.Bytes([]byte{byte(v), byte(v >> 8)}) }
