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
	var r Renumbering
	if !table.Recolour(pixels, pixels, palette, 4, &r) {
		t.Fatal("no room")
	}
	if dropped, merged := r.Report(5); dropped != 1 || merged != 1 {
		t.Fatal(dropped, merged)
	}
	if want := []byte{0, 0, Transparent, 1, 0}; !bytes.Equal(pixels, want) {
		t.Fatal(pixels)
	}
	if table.Len != 2 || table.Colours[0] != 0x1090909 || table.Colours[1] != 0x1010101 || !table.Clear {
		t.Fatal(table.Colours[:table.Len], table.Clear)
	}
}

func TestATableThatIsFullTakesKnownColoursOnly(t *testing.T) {
	var table Table
	for i := range 256 {
		if index := table.Add(Opaque | uint32(i*77)); index != i {
			t.Fatal(i, index)
		}
	}
	if index := table.Add(Opaque | 77*200); index != 200 {
		t.Fatal(index)
	}
	if table.Add(Opaque|1) >= 0 {
		t.Fatal("a 257th colour")
	}
	if table.Index(make([]byte, 1), []byte{0, 0, 0, 0}) {
		t.Fatal("a transparent pixel beside 256 colours")
	}
}
