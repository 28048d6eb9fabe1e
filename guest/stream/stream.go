// Package stream runs the protocol of package wire: header and frames in, the animation out.
package stream

import (
	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	"wasmtrim/guest/gif"
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/wire"
)

// Source is where the input comes from. It fills p and returns how many bytes there were: fewer only
// at the input's end, and -1 only when the input cannot be read.
type Source func(p []byte) int

// Run reads one animation and writes it. Parts of the file leave before the last frame is read, so
// what was written before a fault is the beginning of a file without a trailer. The clock is started
// when the header asks for delays that follow it.
func Run(in Source, out lzw.Sink, start func() *clock.Clock) fault.Fault {
	var h wire.Header
	if problem := in.header(&h); problem != fault.None {
		return problem
	}
	e, problem := gif.New(&h, out)
	if problem != fault.None {
		return problem
	}
	var stamps stamps
	if h.Clock {
		stamps.clock = start()
	}
	for i := range h.Frames {
		if h.Layout == wire.IndexedLocal || h.Layout == wire.Indexed && i == 0 {
			if problem := in.fill(e.Palette(), fault.ShortPayload); problem != fault.None {
				return problem
			}
		}
		if problem := in.fill(e.Input(), fault.ShortPayload); problem != fault.None {
			return problem
		}
		if h.Clock {
			if passed := stamps.next(); i > 0 {
				e.Delay(passed)
			}
		}
		if problem := e.Push(wire.Centiseconds(h.Delay)); problem != fault.None {
			return problem
		}
	}
	var more [1]byte
	if n := in(more[:]); n < 0 {
		return fault.ReadFailed
	} else if n > 0 {
		return fault.TrailingBytes
	}
	e.Finish()
	return fault.None
}

func (in Source) header(h *wire.Header) fault.Fault {
	size := make([]byte, 4)
	if problem := in.fill(size, fault.ShortHeader); problem != fault.None {
		return problem
	}
	n, problem := wire.Size(size)
	if problem != fault.None {
		return problem
	}
	json := make([]byte, n)
	if problem := in.fill(json, fault.ShortHeader); problem != fault.None {
		return problem
	}
	return h.Parse(json)
}

// fill fills p, or says how short the input is.
func (in Source) fill(p []byte, short fault.Fault) fault.Fault {
	switch n := in(p); {
	case n < 0:
		return fault.ReadFailed
	case n < len(p):
		return short
	}
	return fault.None
}

// stamps turns the times at which frames arrive into delays whose rounding doesn't add up.
type stamps struct {
	clock   *clock.Clock
	started bool
	start   int64
	last    int
}

// next is how many hundredths of a second passed since the frame before, at most what GIF can say.
func (s *stamps) next() int {
	if !s.started {
		s.started, s.start = true, s.clock.Now()
	}
	now := int((s.clock.Since(s.start) + 5e6) / 1e7)
	passed := now - s.last
	s.last = now
	return min(passed, wire.MaxDelay/10)
}
