//go:build !small

package word

// Below tells whether all bytes are under n, which is from 1 to 256.
func Below(b []byte, n int) bool {
	if n == 256 {
		return true
	}
	for ; len(b) >= 8; b = b[8:] {
		if reach(Load64(b, 0), byte(n)) {
			return false
		}
	}
	for _, c := range b {
		if c >= byte(n) {
			return false
		}
	}
	return true
}

// Same is an index from i to end up to which a and b are the same.
func Same(a, b []byte, i, end int) int {
	for i+8 <= end && Load64(a, i) == Load64(b, i) {
		i += 8
	}
	return i
}

// reach tells whether any of a word's bytes is n, which is from 1 to 255, or more.
func reach(v uint64, n byte) bool {
	const low, high = 0x7F7F7F7F7F7F7F7F, 0x8080808080808080
	// The lower seven bits carry into the eighth where they reach n's.
	carried := v&low + Repeat(128-n&127)
	if n < 128 {
		carried |= v
	} else {
		carried &= v
	}
	return carried&high != 0
}
