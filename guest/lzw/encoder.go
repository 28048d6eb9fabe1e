package lzw

// Encoder compresses images one after the other.
type Encoder struct {
	Writer
	search
	runs runs
	dictionary
}

// NewEncoder makes an encoder with its output area and dictionary; nothing is allocated later.
func NewEncoder(sink Sink) *Encoder {
	e := new(Encoder)
	e.sink = sink
	e.area = new([areaSize]byte)
	e.cells = new([rowLength * 256]uint16)
	return e
}
