//go:build quantize

package palette

import "wasmtrim/guest/lab"

// Alike finds the nearest known colour that looks the same: closer than lab.JustNoticeable.
func Alike(t *Table, colour uint32) (index uint8, ok bool) {
	place := of(colour)
	least := lab.JustNoticeable * lab.JustNoticeable
	for i, known := range t.Colours[:t.Len] {
		if d := lab.Square(place, of(known)); d < least {
			index, ok, least = uint8(i), true, d
		}
	}
	return index, ok
}

func of(colour uint32) lab.Colour {
	return lab.Of(uint8(colour), uint8(colour>>8), uint8(colour>>16))
}
