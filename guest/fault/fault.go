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
	ShortHeader:    "the input ends before its header does: u32 size, little endian, then as many bytes of JSON",
	HeaderSize:     "the header's size is 0 or over 65,536 bytes",
	BadJSON:        "the header is not one JSON object (RFC 8259), nested at most 64 deep",
	MissingSize:    "width, height or frames is missing, zero or negative in the header",
	TooLarge:       "too large: width and height go to 65,535 each, width*height to 16,777,216, frames to 1,000,000,000",
	DelayRange:     "delay is outside of 0 to 655,350 milliseconds",
	ShortPayload:   "the input ends before the last frame does",
	TrailingBytes:  "the input goes on after the last frame",
	TooManyColours: "a frame has more than 256 colours (transparent counts as one); a build with the tag quantize takes it",
	BadOption:      "a key of the header has the wrong type or a value that it does not know",
	BadPalette:     "the palette is not 768 bytes of RGB with 1 to 256 colours in use",
	BadIndex:       "a pixel's index is outside of the palette",
	ReadFailed:     "standard input cannot be read",
	WriteFailed:    "standard output cannot be written",
	MemoryLimit:    "memory is too small for the two frames that the encoder compares",
	NoQuantizer:    "dither and merge change colours, which only a build with the tag quantize does",
	BadTimestamp:   "pts is not above zero, does not rise, or is over 655,350 milliseconds after the one before",
	FrameSize:      "the frame is not width*height*4 bytes of the size given at the start",
	Sequence:       "start comes first and once, finish last and once, after at least one frame",
}

// Error is the fault's message.
func (f Fault) Error() string {
	if int(f) < len(messages) {
		return messages[f]
	}
	return "unknown fault"
}
