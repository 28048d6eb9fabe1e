// Package session is the generator for hosts that call in: it starts, takes frames with their times,
// and hands out what is finished of the file at any moment.
package session

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/gif"
	"wasmtrim/guest/wire"
)

// Session makes one animation after the other. Its zero value is ready.
type Session struct {
	encoder       *gif.Encoder
	width, height uint32

	// first is the time of the first frame, last that of the newest; zero before it.
	first, last uint64
	out         []byte
}

// write keeps finished bytes until they are taken.
func (s *Session) write(p []byte) { s.out = append(s.out, p...) }

// Start begins an animation; options are those of the header that aren't about size, pixels or time,
// as a JSON object, or nothing.
func (s *Session) Start(width, height uint32, options []byte) fault.Fault {
	if s.encoder != nil {
		return fault.Sequence
	}
	if width > wire.MaxSide || height > wire.MaxSide {
		return fault.TooLarge
	}
	if len(options) == 0 {
		options = []byte("{}")
	}
	e := new(gif.Encoder)
	h := &e.Header
	if problem := h.ParseOptions(options, int(width), int(height)); problem != fault.None {
		return problem
	}
	if h[wire.Pixels] != wire.RGBA || h[wire.Clock] == 1 {
		return fault.BadOption
	}
	if problem := e.Open(s.write); problem != fault.None {
		return problem
	}
	s.encoder, s.width, s.height, s.first, s.last = e, width, height, 0, 0
	return fault.None
}

// Input is where the next frame's pixels may be put, so that PushFrame needn't copy them; nil before
// Start.
func (s *Session) Input() []byte {
	if s.encoder == nil {
		return nil
	}
	return s.encoder.Input()
}

// PushFrame takes a frame of width*height*4 bytes of RGBA that is shown from pts on, in nanoseconds
// above zero and above the frame before's.
func (s *Session) PushFrame(data []byte, pts uint64, width, height uint32) fault.Fault {
	if s.encoder == nil {
		return fault.Sequence
	}
	input := s.encoder.Input()
	if width != s.width || height != s.height || len(data) != len(input) {
		return fault.FrameSize
	}
	first, last := s.first, s.last
	if problem := s.advance(pts); problem != fault.None {
		return problem
	}
	if &data[0] != &input[0] {
		copy(input, data)
	}
	problem := s.encoder.Push(0)
	if problem != fault.None {
		s.first, s.last = first, last
	}
	return problem
}

// Finish ends the last frame at pts, and the file. After it comes Start.
func (s *Session) Finish(pts uint64) fault.Fault {
	if s.encoder == nil || s.last == 0 {
		return fault.Sequence
	}
	if problem := s.advance(pts); problem != fault.None {
		return problem
	}
	s.encoder.Finish()
	s.encoder = nil
	return fault.None
}

// TakeOutput is what was finished since it was called last, valid until the next call of anything.
func (s *Session) TakeOutput() []byte {
	out := s.out
	s.out = s.out[:0]
	return out
}

// advance ends the newest frame, if there is one, at pts. Delays are differences of rounded times, so
// that rounding doesn't add up.
func (s *Session) advance(pts uint64) fault.Fault {
	const unit = 10_000_000 // a hundredth of a second
	if pts <= s.last {
		return fault.BadTimestamp
	}
	if s.last == 0 {
		s.first, s.last = pts, pts
		return fault.None
	}
	delay := (pts-s.first+unit/2)/unit - (s.last-s.first+unit/2)/unit
	if delay > wire.MaxDelay/10 {
		return fault.BadTimestamp
	}
	s.encoder.Delay(int(delay))
	s.last = pts
	return fault.None
}
