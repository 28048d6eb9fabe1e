//go:build !quantize

package palette

// Alike is nothing: no two colours are taken for each other.
type Alike struct{}

func (Alike) find(*Table, uint32) int { return -1 }
