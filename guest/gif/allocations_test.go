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
	for _, layout := range []int{wire.RGBA, wire.Indexed, wire.IndexedLocal} {
		for effort := wire.Fastest; effort <= wire.Best; effort++ {
			var out counter
			e := &Encoder{Header: wire.Header{
				wire.Width: 60, wire.Height: 50, wire.Frames: 100, wire.Colours: 256,
				wire.Transparent: 255, wire.Effort: effort, wire.Pixels: layout,
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
