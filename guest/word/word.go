// Package word reads and writes little-endian words at any byte of a slice.
//
// The compiler for wasm does not merge byte accesses into one, so this is done by pointer on the
// machines that are little endian and allow unaligned access; all others take the portable form.
package word
