// Package palette turns colours into indices and keeps colour tables small.
package palette

import "wasmtrim/guest/word"

// Transparent is the index that a transparent pixel has in memory. The file may use another one,
// so that its colour table stays small.
const Transparent = 255

// A colour is 0x01BBGGRR; zero is transparent.
const Opaque = 1 << 24

// Table is a set of up to 256 colours in the order in which they were first seen. Its zero value
// is ready.
type Table struct {
	// Len is how many colours there are, transparent not counted.
	Len int
	// Clear tells that pixels are transparent, which takes the index Transparent.
	Clear   bool
	Colours [256]uint32
	Alike   Alike

	// An open-addressed hash table of indices, plus one so that zero is free.
	slots [tableSize]uint16
}

const (
	tableBits = 10
	tableSize = 1 << tableBits
)

// Reset empties the table.
func (t *Table) Reset() {
	t.Len, t.Clear = 0, false
	clear(t.Colours[:])
	clear(t.slots[:])
}

// Add returns the index of a colour, which joins the table if it is new; -1 if there is no room.
func (t *Table) Add(colour uint32) int {
	if colour == 0 {
		if t.Len == 256 {
			return -1
		}
		t.Clear = true
		return Transparent
	}
	for s := colour * 0x9E3779B1 >> (32 - tableBits); ; s++ {
		slot := &t.slots[s%tableSize]
		index := int(*slot) - 1
		if index < 0 {
			if index = t.Alike.find(t, colour); index >= 0 {
				return index
			}
			if index = t.Len; index == 256 || t.Clear && index == Transparent {
				return -1
			}
			t.Len++
			*slot = uint16(t.Len)
			t.Colours[index] = colour
			return index
		}
		if t.Colours[uint8(index)] == colour {
			return index
		}
	}
}

// Index writes one byte for each RGBA pixel: its colour's index, or Transparent when its alpha is
// under 128, whatever its colour. It is false, and dst is undefined, if the table has no room for
// all colours; the table may hold some of the new ones then.
func (t *Table) Index(dst, rgba []byte) bool {
	// Runs of equal pixels are common: they don't look the table up.
	last, index := uint32(0), Transparent
	for i := range dst {
		pixel := word.Load32(rgba, i*4)
		if pixel != last || i == 0 {
			last = pixel
			colour := pixel&(Opaque-1) | Opaque
			if pixel>>31 == 0 {
				colour = 0
			}
			if index = t.Add(colour); index < 0 {
				return false
			}
		}
		dst[i] = byte(index)
	}
	return true
}
