package lzw

// Encoder compresses images one after the other. Open is called first.
type Encoder struct {
	Writer
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
