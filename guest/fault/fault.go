// Package fault names every way in which an input can be wrong.
//
// A Fault is at once an error, the exit status of the WASI program, and the enum that the reactor
// returns, so that the same breach has the same number wherever the guest runs.
package fault

// Fault is a kind of failure; its value is the exit status of the WASI program.
type Fault uint8

// The kinds of failure. The numbers are part of the interface and don't change.
const (
	None Fault = 0

	ShortHeader    Fault = 10
	HeaderSize     Fault = 11
	BadJSON        Fault = 12
	MissingSize    Fault = 13
	TooLarge       Fault = 14
	DelayRange     Fault = 15
	ShortPayload   Fault = 16
	TrailingBytes  Fault = 17
	TooManyColours Fault = 18
	BadOption      Fault = 19
	BadPalette     Fault = 20
	BadIndex       Fault = 21
	ReadFailed     Fault = 22
	WriteFailed    Fault = 23
	MemoryLimit    Fault = 24
	NoQuantizer    Fault = 25
	BadTimestamp   Fault = 26
	FrameSize      Fault = 27
	Sequence       Fault = 28
)

// messages tell the person who sent the input what was found and what is allowed.
var messages = [...]string{
	None:           "no fault",
	ShortHeader:    "the input ends before its header does",
	HeaderSize:     "the header's size is not 1 to 65,536 bytes",
	BadJSON:        "the header is not one JSON object, at most 64 deep",
	MissingSize:    "width, height or frames is missing or not above zero",
	TooLarge:       "over 65,535 pixels a side, 16,777,216 in all, or 1,000,000,000 frames",
	DelayRange:     "delay is not 0 to 655,350 ms",
	ShortPayload:   "the input ends before the last frame does",
	TrailingBytes:  "the input goes on after the last frame",
	TooManyColours: "a frame has over 256 colours, transparent being one: build with the tag quantize",
	BadOption:      "a key of the header has a wrong type or value",
	BadPalette:     "the palette is not 768 bytes, 1 to 256 colours",
	BadIndex:       "a pixel's index is outside of the palette",
	ReadFailed:     "standard input cannot be read",
	WriteFailed:    "standard output cannot be written",
	MemoryLimit:    "memory is too small for two frames",
	NoQuantizer:    "dither and merge need a build with the tag quantize",
	BadTimestamp:   "pts does not rise from above zero, by at most 655,350 ms",
	FrameSize:      "a frame is not width*height*4 bytes of the size at the start",
	Sequence:       "the order of calls is start, frames, finish",
}

// Error is the fault's message.
func (f Fault) Error() string {
	if int(f) < len(messages) {
		return messages[f]
	}
	return "unknown fault"
}
