// Package stream runs the protocol of package wire: header and frames in, the animation out.
package stream

import (
	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	"wasmtrim/guest/gif"
	"wasmtrim/guest/lzw"
	"wasmtrim/guest/wire"
)

// Source is where the input comes from. Read fills p; it returns fewer bytes only at the input's end,
// and false only when the input cannot be read.
type Source interface {
	Read(p []byte) (int, bool)
}

// Run reads one animation and writes it. Parts of the file leave before the last frame is read, so
// what was written before a fault is the beginning of a file without a trailer. The clock is started
// when the header asks for delays that follow it.
func Run(in Source, out lzw.Sink, start func() *clock.Clock) fault.Fault {
	h, problem := header(in)
	if problem != fault.None {
		return problem
	}
	e, problem := gif.New(h, out)
	if problem != fault.None {
		return problem
	}
	if h.Layout == wire.Indexed {
		if problem := fill(in, e.Palette()); problem != fault.None {
			return problem
		}
	}
	var stamps stamps
	if h.Clock {
		stamps.clock = start()
	}
	for i := 0; i < h.Frames; i++ {
		if h.Layout == wire.IndexedLocal {
			if problem := fill(in, e.Palette()); problem != fault.None {
				return problem
			}
		}
		if problem := fill(in, e.Input()); problem != fault.None {
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
	if n, ok := in.Read(more[:]); !ok {
		return fault.ReadFailed
	} else if n > 0 {
		return fault.TrailingBytes
	}
	return e.Finish()
}

func header(in Source) (wire.Header, fault.Fault) {
	size := make([]byte, 4)
	if problem := fill(in, size); problem != fault.None {
		return wire.Header{}, short(problem)
	}
	n, problem := wire.Size(size)
	if problem != fault.None {
		return wire.Header{}, problem
	}
	json := make([]byte, n)
	if problem := fill(in, json); problem != fault.None {
		return wire.Header{}, short(problem)
	}
	return wire.Parse(json)
}

func short(problem fault.Fault) fault.Fault {
	if problem == fault.ShortPayload {
		return fault.ShortHeader
	}
	return problem
}

func fill(in Source, p []byte) fault.Fault {
	n, ok := in.Read(p)
	switch {
	case !ok:
		return fault.ReadFailed
	case n < len(p):
		return fault.ShortPayload
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
