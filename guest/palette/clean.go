package palette

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/word"
)

// Size is the length of a palette in bytes: 256 times red, green and blue, as PNG's PLTE.
const Size = 768

// Entry is one colour of such a palette.
func Entry(palette []byte, i int) uint32 {
	p := palette[3*i:][:3]
	return uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | Opaque
}

// Validate checks a palette of which so many entries count, and pixels of it.
func Validate(palette, pixels []byte, entries int) fault.Fault {
	if len(palette) != Size || entries < 1 || entries > 256 {
		return fault.BadPalette
	}
	if !word.Below(pixels, entries) {
		return fault.BadIndex
	}
	return fault.None
}

// Renumbering is, for each entry of a palette, the index that it became, or unused.
type Renumbering [256]int16

const unused = -1

// Report is what a renumbering did: unused entries were dropped; merged ones became another with the
// same colour, or with one that looks the same if the table merges such.
func (r *Renumbering) Report(entries int) (dropped, merged int) {
	var taken [256]bool
	for _, index := range r[:entries] {
		switch {
		case index == unused:
			dropped++
		case taken[index]:
			merged++
		default:
			taken[index] = true
		}
	}
	return dropped, merged
}

// Recolour writes the table's index for each index of a palette, whose colours join the table, and
// Transparent for transparent. It is false, and has written nothing, if the table has no room; the
// table may have some of the colours then.
func (t *Table) Recolour(dst, pixels, palette []byte, transparent int, r *Renumbering) bool {
	for i := range r {
		r[i] = unused
	}
	for _, p := range pixels {
		if r[p] != unused {
			continue
		}
		colour := Entry(palette, int(p))
		if int(p) == transparent {
			colour = 0
		}
		if r[p] = int16(t.Add(colour)); r[p] < 0 {
			return false
		}
	}
	for i, p := range pixels {
		dst[i] = byte(r[p])
	}
	return true
}
