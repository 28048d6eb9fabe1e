// Package word reads and writes little-endian words at any byte of a slice, and looks at the eight
// bytes of one at once.
//
// The compiler for wasm does not merge byte accesses into one, so this is done by pointer on the
// machines that are little endian and allow unaligned access; all others take the portable form.
package word

// Repeat is eight times the same byte.
func Repeat(b byte) uint64 { return uint64(b) * 0x0101010101010101 }
