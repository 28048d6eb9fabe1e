package lzw

// Encoder compresses images one after the other. Open is called first.
type Encoder struct {
	Writer
	// Pixels are those of the next image, each under 1<<Width. Search may write the byte of
	// Alternatives at the same place instead, where that is under 1<<Width, too.
	Pixels, Alternatives []byte
	Width                uint
	trial                trial
	search
	runs runs
	dictionary
}

// Open makes the output area and the dictionary; nothing is allocated later.
func (e *Encoder) Open(sink Sink) {
	e.sink = sink
	e.area = new([areaSize]byte)
	e.cells = new([rowLength * 256]uint16)
}
