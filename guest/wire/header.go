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

// Effort says how much work goes into a smaller file.
type Effort int

// The efforts, from the fastest to the smallest file.
const (
	Fastest Effort = iota
	Default
	Best
)

// Layout is how a frame's pixels come.
type Layout int

const (
	// RGBA is 4 bytes a pixel; alpha 0 to 127 is transparent.
	RGBA Layout = iota
	// Indexed is 1 byte a pixel, after one palette of 768 bytes for all frames.
	Indexed
	// IndexedLocal is Indexed with a palette before each frame.
	IndexedLocal
)

// Header is what the JSON says, checked and with defaults filled in.
type Header struct {
	Width, Height int
	Frames        int
	Delay         int // milliseconds per frame
	Clock         bool
	Layout        Layout
	Colours       int // how many entries of an indexed frame's palette count
	Transparent   int // index of the transparent colour of indexed frames, or -1
	Effort        Effort
	Memory        int // bytes for the frames that are compared with each other; 0: the encoder's choice
	Dither        bool
	Merge         bool
}

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

// words are all that are known, each ended by a space: the keys, which are the header's members, the
// texts of a layout, and those that JSON has bare.
const words = "width height frames delay colours transparent effort memory pixels clock dither merge " +
	"rgba indexed indexed-local false true null "

// The places of words.
const (
	width = iota
	height
	frames
	delay
	colours
	transparent
	effort
	memory
	pixels
	clock
	dither
	merge
	rgba
	_
	indexedLocal
	no
	yes
	_
	unknown
)

// rules are a member's bounds, and what it is without being said. Sizes and delay have faults of their
// own, so for them any number passes here.
var rules = [rgba]struct{ low, high, unsaid value }{
	width:       {-huge, huge, 0},
	height:      {-huge, huge, 0},
	frames:      {-huge, huge, 0},
	delay:       {-huge, huge, 100},
	colours:     {1, 256, 256},
	transparent: {-1, 255, -1},
	effort:      {value(Fastest), value(Best), value(Default)},
	memory:      {0, MaxFrames, 0},
	pixels:      {text + rgba, text + indexedLocal, text + rgba},
	clock:       {bare + no, bare + yes, bare + no},
	dither:      {bare + no, bare + yes, bare + no},
	merge:       {bare + no, bare + yes, bare + no},
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
	h.Width, h.Height, h.Frames = width, height, MaxFrames
	return h.Check()
}

func (h *Header) read(data []byte) fault.Fault {
	p := parser{data: data}
	for k := range rules {
		p.members[k] = rules[k].unsaid
	}
	if !p.document() || p.value != object {
		return fault.BadJSON
	}
	for k := range rules {
		if p.members[k] < rules[k].low || p.members[k] > rules[k].high {
			return fault.BadOption
		}
	}
	v := func(k int) int { return int(p.members[k]) }
	is := func(k int) bool { return p.members[k] == bare+yes }
	*h = Header{
		Width: v(width), Height: v(height), Frames: v(frames), Delay: v(delay), Clock: is(clock),
		Layout: Layout(p.members[pixels] - text - rgba), Colours: v(colours),
		Transparent: v(transparent), Effort: Effort(v(effort)), Memory: v(memory),
		Dither: is(dither), Merge: is(merge),
	}
	if h.Transparent >= h.Colours {
		return fault.BadOption
	}
	return fault.None
}

// Check tells whether the values hold together.
func (h *Header) Check() fault.Fault {
	switch {
	case h.Width < 1 || h.Height < 1 || h.Frames < 1:
		return fault.MissingSize
	case h.Width > MaxSide || h.Height > MaxSide || h.Frames > MaxFrames ||
		int64(h.Width)*int64(h.Height) > MaxPixels:
		return fault.TooLarge
	case h.Delay < 0 || h.Delay > MaxDelay:
		return fault.DelayRange
	}
	return fault.None
}
