// Package wire is the protocol between host and guest: a u32 in little endian with the size of the
// header, the header as one JSON object, then the frames, one after the other, without padding.
package wire

import "wasmtrim/guest/fault"

// Bounds of the protocol.
const (
	MaxHeader = 65536
	MaxSide   = 65535
	MaxPixels = 1 << 24
	MaxFrames = 1_000_000_000
	MaxDelay  = 655350 // milliseconds: 65,535 hundredths of a second
)

// Header is a number for each key, checked and with defaults filled in.
type Header [keys]int

// The keys, in the order of words.
const (
	Width = iota
	Height
	Frames
	Delay       // milliseconds per frame
	Memory      // bytes for the frames that are compared with each other; 0: the encoder's choice
	Colours     // how many entries of an indexed frame's palette count
	Transparent // index of the transparent colour of indexed frames, or -1
	Effort      // how much work goes into a smaller file: Fastest, Default or Best
	Pixels      // how they come: RGBA, Indexed or IndexedLocal
	Clock       // 1 if delays follow the clock
	Dither      // 1 if colours that are missing are mixed
	Merge       // 1 if colours that look the same become one
	keys
)

// The efforts, from the fastest to the smallest file.
const (
	Fastest = iota
	Default
	Best
)

const (
	// RGBA is 4 bytes a pixel; alpha 0 to 127 is transparent.
	RGBA = iota
	// Indexed is 1 byte a pixel, after one palette of 768 bytes for all frames.
	Indexed
	// IndexedLocal is Indexed with a palette before each frame.
	IndexedLocal
)

// Centiseconds rounds milliseconds to the unit of GIF's delays.
func Centiseconds(ms int) int { return (ms + 5) / 10 }

// Size decodes the header's size from the first four bytes of the input.
func Size(b []byte) (int, fault.Fault) {
	n := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	if n == 0 || n > MaxHeader {
		return 0, fault.HeaderSize
	}
	return int(n), fault.None
}

// words are all that are known, each ended by a space: the keys, the texts of Pixels, and those that
// JSON has bare.
const words = "width height frames delay memory colours transparent effort pixels clock dither merge " +
	"rgba indexed indexed-local false true null "

// The places of words that are no keys.
const (
	rgba = keys + iota
	_
	indexedLocal
	no
	yes
	_
	unknown
)

// rules are what a value is without being said, and its bounds. Sizes and delay have faults of their
// own, so for them any number passes here.
var rules = [keys]struct {
	unsaid, low int16
	high        int32
}{
	Width:       {0, below, far},
	Height:      {0, below, far},
	Frames:      {0, below, far},
	Delay:       {100, below, far},
	Memory:      {0, 0, MaxFrames},
	Colours:     {256, 1, 256},
	Transparent: {-1, -1, 255},
	Effort:      {Default, Fastest, Best},
	Pixels:      {text + rgba, text + rgba, text + indexedLocal},
	Clock:       {bare + no, bare + no, bare + yes},
	Dither:      {bare + no, bare + no, bare + yes},
	Merge:       {bare + no, bare + no, bare + yes},
}

// Parse reads the header's JSON. Unknown keys are ignored; of a key that comes twice the last holds.
func (h *Header) Parse(data []byte) fault.Fault {
	if problem := h.read(data); problem != fault.None {
		return problem
	}
	return h.Check()
}

// ParseOptions reads a header whose size is known from elsewhere and whose number of frames isn't.
func (h *Header) ParseOptions(data []byte, width, height int) fault.Fault {
	if problem := h.read(data); problem != fault.None {
		return problem
	}
	h[Width], h[Height], h[Frames] = width, height, MaxFrames
	return h.Check()
}

func (h *Header) read(data []byte) fault.Fault {
	for k := range rules {
		h[k] = int(rules[k].unsaid)
	}
	p := parser{data: data, into: h}
	if !p.document() || p.value != object {
		return fault.BadJSON
	}
	for k := range rules {
		low := int(rules[k].low)
		if h[k] < low || h[k] > int(rules[k].high) {
			return fault.BadOption
		}
		if low < below {
			h[k] -= low // words become numbers
		}
	}
	if h[Transparent] >= h[Colours] {
		return fault.BadOption
	}
	return fault.None
}

// Check tells whether the values hold together.
func (h *Header) Check() fault.Fault {
	switch {
	case h[Width] < 1 || h[Height] < 1 || h[Frames] < 1:
		return fault.MissingSize
	case h[Width] > MaxSide || h[Height] > MaxSide || h[Frames] > MaxFrames ||
		int64(h[Width])*int64(h[Height]) > MaxPixels:
		return fault.TooLarge
	case h[Delay] < 0 || h[Delay] > MaxDelay:
		return fault.DelayRange
	}
	return fault.None
}
