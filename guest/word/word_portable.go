//go:build !(amd64 || arm64 || wasm)

package word

// Load32 returns the four bytes of b from i on.
func Load32(b []byte, i int) uint32 {
	b = b[i : i+4]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

// Load64 returns the eight bytes of b from i on.
func Load64(b []byte, i int) uint64 {
	return uint64(Load32(b, i)) | uint64(Load32(b, i+4))<<32
}

// Store32 sets the four bytes of b from i on.
func Store32(b []byte, i int, v uint32) {
	b = b[i : i+4]
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

// Store64 sets the eight bytes of b from i on.
func Store64(b []byte, i int, v uint64) {
	Store32(b, i, uint32(v))
	Store32(b, i+4, uint32(v>>32))
}
