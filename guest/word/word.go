// Package word reads and writes little-endian words at any byte of a slice, and looks at the eight
// bytes of one at once.
//
// The compiler for wasm does not merge byte accesses into one, so this is done by pointer on the
// machines that are little endian and allow unaligned access; all others take the portable form.
package word

const (
	ones = 0x0101010101010101
	low  = 0x7F7F7F7F7F7F7F7F
	high = 0x8080808080808080
)

// NonZero has the top bit of each byte set where v's byte isn't 0, and no other bit.
func NonZero(v uint64) uint64 { return (v&low + low | v) & high }

// Repeat is eight times the same byte.
func Repeat(b byte) uint64 { return uint64(b) * ones }

// AtLeast has the top bit of each byte set where v's byte is n or more, and no other bit; n is from 1
// to 255.
func AtLeast(v uint64, n byte) uint64 {
	// The lower seven bits carry into the eighth where they reach n's.
	carried := v&low + Repeat(128-n&127)
	if n < 128 {
		return (carried | v) & high
	}
	return carried & v & high
}

// Spread makes bytes of 255 out of the top bits that NonZero sets.
func Spread(top uint64) uint64 { return top >> 7 * 255 }
