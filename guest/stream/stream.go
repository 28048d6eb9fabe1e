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
	e := new(gif.Encoder)
	h := &e.Header
	if problem := in.header(h); problem != fault.None {
		return problem
	}
	if problem := e.Open(out); problem != fault.None {
		return problem
	}
	var (
		watch *clock.Clock
		began int64
		shown int // hundredths of a second since then, of frames that are over
	)
	for i := range h[wire.Frames] {
		if h[wire.Pixels] == wire.IndexedLocal || h[wire.Pixels] == wire.Indexed && i == 0 {
			if problem := in.fill(e.Palette(), fault.ShortPayload); problem != fault.None {
				return problem
			}
		}
		if problem := in.fill(e.Input(), fault.ShortPayload); problem != fault.None {
			return problem
		}
		if h[wire.Clock] == 1 {
			if i == 0 {
				watch = start()
				began = watch.Now()
			} else {
				// Rounded times are subtracted, so that rounding doesn't add up.
				now := int((watch.Since(began) + 5e6) / 1e7)
				e.Delay(min(now-shown, wire.MaxDelay/10))
				shown = now
			}
		}
		if problem := e.Push(wire.Centiseconds(h[wire.Delay])); problem != fault.None {
			return problem
		}
	}
	switch n := in(e.Input()[:1]); {
	case n < 0:
		return fault.ReadFailed
	case n > 0:
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
