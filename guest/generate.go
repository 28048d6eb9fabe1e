// Package guest makes animated GIFs: a library without input, output, clock or global state.
package guest

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/gif"
	"wasmtrim/guest/wire"
)

// Options are how GenerateGIF writes frames of the given size.
type Options struct {
	Width, Height int
	// Effort is wire.Fastest, wire.Default or wire.Best.
	Effort int
	// Memory is how many bytes the frames that are compared with each other may take; 0 is a default.
	Memory int
	// Dither and Merge change colours; both need a build with the tag quantize.
	Dither, Merge bool
}

// GenerateGIF makes a GIF89a that loops for ever out of frames of width*height*4 bytes of RGBA, each
// shown for delayMs milliseconds. Every error is a fault.Fault.
func GenerateGIF(frames [][]byte, delayMs int, o Options) ([]byte, error) {
	e := new(gif.Encoder)
	e.Header = wire.Header{
		wire.Width: o.Width, wire.Height: o.Height, wire.Frames: len(frames), wire.Delay: delayMs,
		wire.Memory: o.Memory, wire.Transparent: -1, wire.Effort: o.Effort,
		wire.Dither: flag(o.Dither), wire.Merge: flag(o.Merge),
	}
	if problem := e.Header.Check(); problem != fault.None {
		return nil, problem
	}
	var out collector
	if problem := e.Open(out.write); problem != fault.None {
		return nil, problem
	}
	for _, frame := range frames {
		if len(frame) != len(e.Input()) {
			return nil, fault.FrameSize
		}
		copy(e.Input(), frame)
		if problem := e.Push(wire.Centiseconds(delayMs)); problem != fault.None {
			return nil, problem
		}
	}
	e.Finish()
	return out, nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// collector is a sink that keeps all in memory.
type collector []byte

func (c *collector) write(p []byte) { *c = append(*c, p...) }
