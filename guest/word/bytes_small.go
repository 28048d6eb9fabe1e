//go:build small

package word

// Below tells whether all bytes are under n, which is from 1 to 256.
func Below(b []byte, n int) bool {
	for _, c := range b {
		if int(c) >= n {
			return false
		}
	}
	return true
}

// Same is an index from i to end up to which a and b are the same.
func Same(_, _ []byte, i, _ int) int { return i }
