package lzw

// Encoder compresses images one after the other. Open is called first.
type Encoder struct {
	Writer
	// One has the pixels of the next image, each under 1<<Width. Search may write the byte of Two
	// instead, where that is under it, too.
	One, Two []byte
	Width    uint
	trial    trial
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
