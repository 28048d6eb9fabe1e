package clock

// Hand is a count of nanoseconds that only its owner moves.
type Hand int64

// Ticks reads the hand.
func (h *Hand) Ticks() int64 { return int64(*h) }
