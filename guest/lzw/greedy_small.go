//go:build small

package lzw

// runs are only known to the fast Greedy.
type runs struct{}

// Greedy is what it is elsewhere, in few bytes rather than fast.
func (e *Encoder) Greedy(patience int) {
	e.Two = e.One
	e.Search(patience, 0, true)
}
