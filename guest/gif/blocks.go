package gif

import "wasmtrim/guest/wire"

// Sections are those of the GIF89a specification.

// disposal is what happens to a frame's rectangle before the next frame (section 23.c.iv).
type disposal uint32

const (
	keep       disposal = 1
	background disposal = 2
)

// head writes the file's head with the global colour table (sections 17 to 19) and the application
// extension by which all players loop for ever.
func (e *Encoder) head() {
	e.out.Text("GIF89a")
	e.out.Put(uint32(e.Header[wire.Width]|e.Header[wire.Height]<<16), 4)
	size := depth(e.global.n)
	e.out.Put(0xF0|uint32(size-1), 3)
	e.colourTable(&e.global, size)
	e.out.Text("\x21\xFF\x0BNETSCAPE2.0\x03\x01\x00\x00\x00")
}

// describe writes all that comes before an image's data: the graphic control extension (section 23),
// the image's place, and its table unless that is the global one (section 20).
func (e *Encoder) describe(f *frame, d disposal, t *table) {
	r := &e.area
	flags := uint32(d) << 2
	if t.transparent >= 0 {
		flags |= 1
	}
	e.out.Put(0x04F921|flags<<24, 4)
	e.out.Put(uint32(f.delay)|uint32(uint8(t.transparent))<<16, 4)
	e.out.Put(0x2C, 1)
	e.out.Put(uint32(r.left|r.top<<16), 4)
	e.out.Put(uint32((r.right-r.left)|(r.bottom-r.top)<<16), 4)
	if t == &e.global {
		e.out.Put(0, 1)
		return
	}
	size := depth(t.n)
	e.out.Put(0x80|uint32(size-1), 1)
	e.colourTable(t, size)
}

func (e *Encoder) colourTable(t *table, size uint) {
	for _, rgb := range t.rgb[:1<<size] {
		e.out.Put(rgb, 3)
	}
}
