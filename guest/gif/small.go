//go:build small

package gif

import (
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
	"wasmtrim/guest/word"
)

// indexed makes colours of a frame of indices, none of which is taken as it is: from there on all frames
// are alike.
func (e *Encoder) indexed(*frame) bool {
	for i, p := range e.input {
		colour := palette.Entry(e.Palette(), int(p)) | 1<<31
		if int(p) == e.Header[wire.Transparent] {
			colour = 0
		}
		word.Store32(e.rgba, 4*i, colour)
	}
	return false
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
