//go:build small

package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/wire"
	"wasmtrim/guest/word"
)

// index fills the frame's indices and colours from the input. Indices become colours first, from where on
// all frames are alike.
func (e *Encoder) index(f *frame) fault.Fault {
	if e.Header[wire.Pixels] != wire.RGBA {
		for i, p := range e.input {
			if int(p) >= e.Header[wire.Colours] {
				return fault.BadIndex
			}
			colour := word.Load32(e.palette[:], 3*int(p)) | 1<<31
			if int(p) == e.Header[wire.Transparent] {
				colour = 0
			}
			word.Store32(e.rgba, 4*i, colour)
		}
	}
	return e.know(f)
}

// fastest is false, since a greedy encoder and indices as they are given would be code of their own: the
// fastest effort is the default one.
func (e *Encoder) fastest() bool { return false }

// asGiven is false, too.
func (e *Encoder) asGiven() bool { return false }

// quick writes one of the two forms.
func (e *Encoder) quick(n uint) { e.search(n, true) }

// learn fills the frame with indices of the known colours, which its colours join; false if they have
// no room.
func (e *Encoder) learn(f *frame) bool { return e.known.Index(f.pixels, e.rgba) }
