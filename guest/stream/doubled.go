package stream

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/gif"
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/wire"
)

// Double makes a frame of RGBA twice as wide and high, into a place of that size.
type Double func(frame []byte, width, height int, into []byte) fault.Fault

// RunDoubled is Run with a larger picture: each frame of RGBA is doubled before it is encoded. Delays
// are the header's.
func RunDoubled(in Source, out lzw.Sink, double Double) fault.Fault {
	e := new(gif.Encoder)
	h := &e.Header
	if problem := in.header(h); problem != fault.None {
		return problem
	}
	if h[wire.Pixels] != wire.RGBA || h[wire.Clock] == 1 {
		return fault.BadOption
	}
	width, height := h[wire.Width], h[wire.Height]
	h[wire.Width], h[wire.Height] = 2*width, 2*height
	if problem := h.Check(); problem != fault.None {
		return problem
	}
	if problem := e.Open(out); problem != fault.None {
		return problem
	}
	frame := make([]byte, 4*width*height)
	for range h[wire.Frames] {
		if problem := in.fill(frame, fault.ShortPayload); problem != fault.None {
			return problem
		}
		if problem := double(frame, width, height, e.Input()); problem != fault.None {
			return problem
		}
		if problem := e.Push(wire.Centiseconds(h[wire.Delay])); problem != fault.None {
			return problem
		}
	}
	switch n := in(frame[:1]); {
	case n < 0:
		return fault.ReadFailed
	case n > 0:
		return fault.TrailingBytes
	}
	e.Finish()
	return fault.None
}
