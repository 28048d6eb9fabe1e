package gif

import (
	"math/rand"
	"testing"

	"wasmtrim/guest/fault"
	"wasmtrim/guest/wire"
)

// counter counts what a sink gets.
type counter int

func (c *counter) sink(p []byte) { *c += counter(len(p)) }

// noise fills a frame with opaque pixels of so many colours.
func noise(r *rand.Rand, frame []byte, colours int) {
	for i := 0; i < len(frame); i += 4 {
		frame[i], frame[i+1], frame[i+2], frame[i+3] = byte(r.Intn(colours)), 9, 9, 255
	}
}

func TestFramesAllocateNothing(t *testing.T) {
	for _, effort := range []int{wire.Fastest, wire.Default, wire.Best} {
		var out counter
		e := &Encoder{Header: wire.Header{
			wire.Width: 60, wire.Height: 50, wire.Frames: 100, wire.Transparent: -1, wire.Effort: effort,
		}}
		if problem := e.Open(out.sink); problem != fault.None {
			t.Fatal(problem)
		}
		r := rand.New(rand.NewSource(1))
		if n := testing.AllocsPerRun(50, func() {
			noise(r, e.Input(), 200)
			if problem := e.Push(5); problem != fault.None {
				t.Fatal(problem)
			}
		}); n != 0 {
			t.Errorf("effort %d: %v allocations a frame", effort, n)
		}
	}
}

func TestTheFileLeavesWhileFramesCome(t *testing.T) {
	var out counter
	e := &Encoder{Header: wire.Header{
		wire.Width: 300, wire.Height: 200, wire.Frames: 1000, wire.Transparent: -1,
	}}
	e.Open(out.sink)
	r := rand.New(rand.NewSource(1))
	for range 40 {
		noise(r, e.Input(), 200)
		e.Push(5)
	}
	if out == 0 {
		t.Fatal("nothing has been written")
	}
}
