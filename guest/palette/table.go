// Package palette turns colours into indices and keeps colour tables small.
package palette

import "wasmtrim/guest/word"

// Transparent is the index that a transparent pixel has in memory. The file may use another one,
// so that its colour table stays small.
const Transparent = 255

// Table is a set of up to 256 colours in the order in which they were first seen. Its zero value
// is not ready: call Reset.
type Table struct {
	// Colours are 0x00BBGGRR, as the first three bytes of RGBA are when read as a little-endian word.
	Colours [256]uint32
	// Len is how many there are.
	Len int
	// Clear tells that pixels are transparent, which takes one of the 256 indices.
	Clear bool
	// Merge, unless it is nil, finds a known colour that is as good as a new one.
	Merge func(t *Table, colour uint32) (uint8, bool)

	// An open-addressed hash table: colour with bit 24 set, and the colour's index.
	keys  [tableSize]uint32
	index [tableSize]uint8
}

const (
	tableBits = 10
	tableSize = 1 << tableBits
	occupied  = 1 << 24
)

// Reset empties the table.
func (t *Table) Reset() {
	t.Len, t.Clear = 0, false
	if t.Merge != nil {
		// An empty table has nothing that looks like anything.
		t.Merge(t, 0)
	}
	clear(t.keys[:])
}

// Room is how many colours the table takes.
func (t *Table) Room() int {
	if t.Clear {
		return Transparent
	}
	return 256
}

// Add returns the index of a colour, which joins the table if it is new; false if there is no room.
func (t *Table) Add(colour uint32) (uint8, bool) {
	key := colour | occupied
	for s := (key * 0x9E3779B1) >> (32 - tableBits); ; s = (s + 1) % tableSize {
		switch t.keys[s] {
		case key:
			return t.index[s], true
		case 0:
			n := t.Len
			if t.Merge != nil {
				if index, ok := t.Merge(t, colour); ok {
					return index, true
				}
			}
			if n == t.Room() {
				return 0, false
			}
			t.keys[s], t.index[s] = key, uint8(n)
			t.Colours[n] = colour
			t.Len = n + 1
			return uint8(n), true
		}
	}
}

// Index writes one byte for each RGBA pixel: its colour's index, or Transparent when its alpha is
// under 128, whatever its colour. It is false, and dst is undefined, if the table has no room for
// all colours; the table may hold some of the new ones then.
func (t *Table) Index(dst, rgba []byte) bool {
	// Runs of equal pixels are common: they don't look the table up.
	last, index := uint32(0), uint8(Transparent)
	for i := range dst {
		pixel := word.Load32(rgba, i*4)
		if pixel != last || i == 0 {
			last = pixel
			if pixel>>31 == 0 {
				if t.Len == 256 {
					return false
				}
				t.Clear, index = true, Transparent
			} else {
				var ok bool
				if index, ok = t.Add(pixel & 0xFFFFFF); !ok {
					return false
				}
			}
		}
		dst[i] = index
	}
	return true
}
