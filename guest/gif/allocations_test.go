package gif

import (
	"math/rand"
	"testing"

	"wasmtrim/guest/fault"
	"wasmtrim/guest/wire"
)

// Holes come and go in indexed frames; RGBA has more colours than a table, which only a build with the
// quantizer takes.
func TestNoKindOfFrameAllocates(t *testing.T) {
	for _, layout := range []wire.Layout{wire.RGBA, wire.Indexed, wire.IndexedLocal} {
		for effort := wire.Fastest; effort <= wire.Best; effort++ {
			var out counter
			e := &Encoder{Header: wire.Header{
				Width: 60, Height: 50, Frames: 100, Effort: effort,
				Layout: layout, Colours: 256, Transparent: 255,
			}}
			if problem := e.Open(out.sink); problem != fault.None {
				t.Fatal(problem)
			}
			r := rand.New(rand.NewSource(1))
			r.Read(e.Palette())
			if n := testing.AllocsPerRun(50, func() {
				r.Read(e.Input())
				if layout == wire.IndexedLocal {
					r.Read(e.Palette())
				}
				if problem := e.Push(5); problem != fault.None && problem != fault.TooManyColours {
					t.Fatal(problem)
				}
			}); n != 0 {
				t.Errorf("layout %d, effort %d: %v allocations a frame", layout, effort, n)
			}
		}
	}
}
