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
