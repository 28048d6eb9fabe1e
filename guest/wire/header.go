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
type Effort uint8

// The efforts, from the fastest to the smallest file.
const (
	Fastest Effort = iota
	Default
	Best
)

// Layout is how a frame's pixels come.
type Layout uint8

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

// Parse reads the header's JSON. Unknown keys are ignored; of a key that comes twice the last holds.
func Parse(data []byte) (Header, fault.Fault) {
	p := parser{data: data}
	var m members
	p.space()
	if !p.take('{') {
		return Header{}, fault.BadJSON
	}
	p.space()
	for more := !p.take('}'); more; {
		p.space()
		name, ok := p.key()
		if !ok {
			return Header{}, fault.BadJSON
		}
		k := lookup(name)
		v := p.value(1)
		if v.kind == invalid {
			return Header{}, fault.BadJSON
		}
		if v.kind == text {
			v.integer = layout(v.ascii)
		}
		m.values[k] = v
		p.space()
		if more = p.take(','); !more && !p.take('}') {
			return Header{}, fault.BadJSON
		}
	}
	p.space()
	if p.pos != len(data) {
		return Header{}, fault.BadJSON
	}
	return m.header()
}

// The names that we know; text is compared as it is spelled after its escapes are resolved.
const (
	width = iota
	height
	frames
	delay
	clock
	pixels
	colours
	transparent
	effort
	memory
	dither
	merge
	unknown
)

func lookup(name []byte) int {
	switch string(name) {
	case "width":
		return width
	case "height":
		return height
	case "frames":
		return frames
	case "delay":
		return delay
	case "clock":
		return clock
	case "pixels":
		return pixels
	case "colours":
		return colours
	case "transparent":
		return transparent
	case "effort":
		return effort
	case "memory":
		return memory
	case "dither":
		return dither
	case "merge":
		return merge
	}
	return unknown
}

// layout resolves a text; -1 is one that no key takes.
func layout(name []byte) int64 {
	switch string(name) {
	case "rgba":
		return int64(RGBA)
	case "indexed":
		return int64(Indexed)
	case "indexed-local":
		return int64(IndexedLocal)
	}
	return -1
}

// members is the newest value of each name, of kind invalid where there is none.
type members struct {
	values [unknown + 1]value
	wrong  bool
}

func (m *members) header() (Header, fault.Fault) {
	// Sizes and delay have faults of their own, so for them any whole number passes here.
	const far = MaxFrames + 1
	h := Header{
		Width:       m.number(width, 0, -far, far),
		Height:      m.number(height, 0, -far, far),
		Frames:      m.number(frames, 0, -far, far),
		Delay:       m.number(delay, 100, -far, far),
		Clock:       m.flag(clock),
		Layout:      Layout(m.choice(pixels)),
		Colours:     m.number(colours, 256, 1, 256),
		Transparent: m.number(transparent, -1, 0, 255),
		Effort:      Effort(m.number(effort, int(Default), int(Fastest), int(Best))),
		Memory:      m.number(memory, 0, 1, MaxFrames),
		Dither:      m.flag(dither),
		Merge:       m.flag(merge),
	}
	if m.wrong || h.Transparent >= h.Colours {
		return Header{}, fault.BadOption
	}
	return h, h.Check()
}

// number is a whole number from low to high; what lies beyond either is clamped to just outside.
func (m *members) number(k, missing, low, high int) int {
	v := m.values[k]
	if v.kind == invalid {
		return missing
	}
	n := int(max(min(v.integer, MaxFrames+1), -MaxFrames-1))
	if v.kind != number || !v.whole || n < low || n > high {
		m.wrong = true
	}
	return n
}

func (m *members) flag(k int) bool {
	v := m.values[k]
	if v.kind != invalid && v.kind != boolean {
		m.wrong = true
	}
	return v.integer != 0
}

func (m *members) choice(k int) int64 {
	v := m.values[k]
	if v.kind != invalid && (v.kind != text || v.integer < 0) {
		m.wrong = true
	}
	return v.integer
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
