// Package fault names every way in which an input can be wrong.
//
// A Fault is at once an error, the exit status of the WASI program, and the enum that the reactor
// returns, so that the same breach has the same number wherever the guest runs.
package fault

// Fault is a kind of failure; its value is the exit status of the WASI program.
type Fault uint

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

// messages tell the person who sent the input what is wrong or what is allowed: a line for each fault,
// in order, of which the last are calls. They are one text since a table of them would be larger than
// they are.
const messages = "the input ends in its header\n" +
	"the header is not 1 to 65536 bytes\n" +
	"the header is not a JSON object, at most 64 deep\n" +
	"width, height or frames is missing or under 1\n" +
	"width, height or frames is too large\n" +
	"delay is not 0 to 655350 ms\n" +
	"the input ends before the last frame\n" +
	"the input goes on after the last frame\n" +
	"over 256 colours, without tag quantize\n" +
	"a key has a wrong type or value\n" +
	"inconsistent palette\n" +
	"a pixel is not in the palette\n" +
	"cannot read the input\n" +
	"cannot write the output\n" +
	"memory is under 2 frames\n" +
	"dither, merge: without tag quantize\n" + calls

// Error is the fault's message.
func (f Fault) Error() string {
	line, start := ShortHeader, 0
	for i := range len(messages) {
		if messages[i] == '\n' {
			if line == f {
				return messages[start:i]
			}
			line++
			start = i + 1
		}
	}
	return ""
}
