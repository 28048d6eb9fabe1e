package lzw

import (
	"bytes"
	"math/rand"
	"testing"
)

func TestSearchWritesEitherPixelAndTheSizeItMeasured(t *testing.T) {
	out := new(buffer)
	e := opened(out.sink)
	r := rand.New(rand.NewSource(1))
	for _, bits := range []uint{2, 5, 8} {
		for _, n := range []int{1, 2, 300, 30000} {
			one := picture(int64(n), n, bits, 6)
			two := bytes.Clone(one)
			for i := range two {
				if r.Intn(3) > 0 {
					two[i] = 0
				}
			}
			e.One, e.Two, e.Width = one, two, bits
			for _, a := range [][2]int{{0, 0}, {Impatient, 0}, {32, 4}, {-8, 8}} {
				measured := e.Search(a[0], a[1], false)
				out.Reset()
				if written := e.Search(a[0], a[1], true); written != measured {
					t.Fatalf("%d bits measured, %d written", measured, written)
				}
				e.Flush()
				if _, codes := unblock(t, out.Bytes()); len(codes) != (measured+7)/8 {
					t.Fatalf("%d bits measured, %d bytes written", measured, len(codes))
				}
				pixels := decode(t, out.Bytes())
				if len(pixels) != n {
					t.Fatalf("%d pixels come back as %d", n, len(pixels))
				}
				for i, p := range pixels {
					if p != one[i] && p != two[i] {
						t.Fatalf("pixel %d is %d instead of %d or %d", i, p, one[i], two[i])
					}
				}
			}
		}
	}
}

func TestAChoiceOfPixelsIsNoLossOfBytes(t *testing.T) {
	e := opened(nowhere)
	one := picture(3, 20000, 6, 3)
	ground := make([]byte, len(one))
	e.One, e.Two, e.Width = one, one, 6
	fixed := e.Search(0, 0, false)
	e.Two = ground
	if free := e.Search(0, 0, false); free >= fixed {
		t.Fatalf("%d bits with a choice, %d without", free, fixed)
	}
}
