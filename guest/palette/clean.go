package palette

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/word"
)

// Size is the length of a palette in bytes: 256 times red, green and blue, as PNG's PLTE.
const Size = 768

// Entry is one colour of such a palette, 0x00BBGGRR.
func Entry(palette []byte, i int) uint32 {
	p := palette[3*i:][:3]
	return uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16
}

// Validate checks a palette of which so many entries count, and pixels of it.
func Validate(palette, pixels []byte, entries int) fault.Fault {
	if len(palette) != Size || entries < 1 || entries > 256 {
		return fault.BadPalette
	}
	if entries < 256 {
		n := byte(entries)
		for ; len(pixels) >= 8; pixels = pixels[8:] {
			if word.AtLeast(word.Load64(pixels, 0), n) != 0 {
				return fault.BadIndex
			}
		}
		for _, p := range pixels {
			if p >= n {
				return fault.BadIndex
			}
		}
	}
	return fault.None
}

// Report is what Recolour did with the entries of a palette.
type Report struct {
	// Unused entries were dropped; Merged ones became another with the same colour, or with one that
	// looks the same if the table merges such.
	Unused, Merged int
}

// Recolour turns the indices of a palette into those of the table, which new colours join, and
// transparent into Transparent. It is false, and has changed no pixel, if the table has no room; the
// table may have some of the colours then.
func (t *Table) Recolour(palette, pixels []byte, entries, transparent int) (r Report, ok bool) {
	var used, taken [256]bool
	for _, p := range pixels {
		used[p] = true
	}
	var index [256]uint8
	for i := range entries {
		switch {
		case !used[i]:
			r.Unused++
			continue
		case i == transparent:
			if t.Len == 256 {
				return r, false
			}
			t.Clear, index[i] = true, Transparent
			continue
		}
		if index[i], ok = t.Add(Entry(palette, i)); !ok {
			return r, false
		}
		if taken[index[i]] {
			r.Merged++
		}
		taken[index[i]] = true
	}
	for i, p := range pixels {
		pixels[i] = index[p]
	}
	return r, true
}
