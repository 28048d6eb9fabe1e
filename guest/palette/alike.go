//go:build quantize

package palette

import "wasmtrim/guest/lab"

// Alike finds colours that look the same, if Merge is set.
type Alike struct {
	Merge  bool
	places [256]lab.Colour
	n      int
}

// find is the nearest colour of the table that looks the same, closer than lab.JustNoticeable; -1 if
// there is none.
func (a *Alike) find(t *Table, colour uint32) int {
	if !a.Merge {
		return -1
	}
	// The table has grown, or was begun anew.
	for a.n = min(a.n, t.Len); a.n < t.Len; a.n++ {
		a.places[a.n] = of(t.Colours[a.n])
	}
	place := of(colour)
	index, least := -1, lab.JustNoticeable*lab.JustNoticeable
	for i := range a.n {
		if d := lab.Square(place, a.places[i]); d < least {
			index, least = i, d
		}
	}
	return index
}

func of(colour uint32) lab.Colour {
	return lab.Of(uint8(colour), uint8(colour>>8), uint8(colour>>16))
}
