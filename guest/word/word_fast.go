//go:build amd64 || arm64 || wasm

package word

import "unsafe"

// Load32 returns the four bytes of b from i on.
func Load32(b []byte, i int) uint32 {
	_ = b[i+3]
	return *(*uint32)(unsafe.Pointer(&b[i]))
}

// Load64 returns the eight bytes of b from i on.
func Load64(b []byte, i int) uint64 {
	_ = b[i+7]
	return *(*uint64)(unsafe.Pointer(&b[i]))
}

// Store32 sets the four bytes of b from i on.
func Store32(b []byte, i int, v uint32) {
	_ = b[i+3]
	*(*uint32)(unsafe.Pointer(&b[i])) = v
}

// Store64 sets the eight bytes of b from i on.
func Store64(b []byte, i int, v uint64) {
	_ = b[i+7]
	*(*uint64)(unsafe.Pointer(&b[i])) = v
}
