package palette

import (
	"bytes"
	"testing"

	"wasmtrim/guest/fault"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		size, entries int
		pixels        []byte
		want          fault.Fault
	}{
		{Size, 256, []byte{255}, fault.None},
		{Size, 3, []byte{0, 1, 2}, fault.None},
		{Size, 3, []byte{0, 3, 2}, fault.BadIndex},
		{Size, 0, nil, fault.BadPalette},
		{Size, 257, nil, fault.BadPalette},
		{767, 256, nil, fault.BadPalette},
	} {
		if got := Validate(make([]byte, c.size), c.pixels, c.entries); got != c.want {
			t.Errorf("%d bytes, %d entries, %v: %v instead of %v", c.size, c.entries, c.pixels, got, c.want)
		}
	}
}

func TestRecolourDropsMergesAndRenumbers(t *testing.T) {
	palette := make([]byte, Size)
	copy(palette, []byte{1, 1, 1, 9, 9, 9, 5, 5, 5, 9, 9, 9, 7, 7, 7})
	pixels := []byte{3, 1, 4, 0, 3}
	var table Table
	table.Reset()
	r, ok := table.Recolour(palette, pixels, 5, 4)
	if want := (Report{Unused: 1, Merged: 1}); !ok || r != want {
		t.Fatal(r, ok)
	}
	if want := []byte{1, 1, Transparent, 0, 1}; !bytes.Equal(pixels, want) {
		t.Fatal(pixels)
	}
	if table.Len != 2 || table.Colours[0] != 0x010101 || table.Colours[1] != 0x090909 || !table.Clear {
		t.Fatal(table.Colours[:table.Len], table.Clear)
	}
}

func TestATableThatIsFullTakesKnownColoursOnly(t *testing.T) {
	var table Table
	table.Reset()
	for i := range 256 {
		if index, ok := table.Add(uint32(i * 77)); !ok || int(index) != i {
			t.Fatal(i, index, ok)
		}
	}
	if index, ok := table.Add(77 * 200); !ok || index != 200 {
		t.Fatal(index, ok)
	}
	if _, ok := table.Add(1); ok {
		t.Fatal("a 257th colour")
	}
	if table.Index(make([]byte, 1), []byte{0, 0, 0, 0}) {
		t.Fatal("a transparent pixel beside 256 colours")
	}
}
