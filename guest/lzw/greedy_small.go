//go:build small

package lzw

// runs are only known to the fast Greedy.
type runs struct{}

// Greedy is what it is elsewhere, in few bytes rather than fast.
func (e *Encoder) Greedy(pixels []byte, bits uint, patience int) {
	e.Search(pixels, pixels, bits, &Attempt{Patience: patience}, true)
}
