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
			e.Pixels, e.Alternatives, e.Width = one, two, bits
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
	e.Pixels, e.Alternatives, e.Width = one, one, 6
	fixed := e.Search(0, 0, false)
	e.Alternatives = ground
	if free := e.Search(0, 0, false); free >= fixed {
		t.Fatalf("%d bits with a choice, %d without", free, fixed)
	}
}

// Noise takes a code for each pixel, which has a bit more than the pixel.
func TestNoiseHasTheShortestCodes(t *testing.T) {
	e := opened(nowhere)
	for bits := uint(6); bits <= 8; bits++ {
		const n = 100000
		p := picture(5, n, bits, 1)
		e.Pixels, e.Alternatives, e.Width = p, p, bits
		if size, least := e.Search(Impatient, 0, false), n*int(bits+1); size > least+least/15 {
			t.Errorf("%d pixels of %d bits take %d bits instead of about %d", n, bits, size, least)
		}
	}
}

func TestWhatComesAgainAfterNoiseHasLongCodesAgain(t *testing.T) {
	e := opened(nowhere)
	noise, drawing := picture(5, 50000, 8, 1), picture(5, 50000, 3, 6)
	size := func(p []byte) int {
		e.Pixels, e.Alternatives, e.Width = p, p, 8
		return e.Search(Impatient, 0, false)
	}
	both := append(bytes.Clone(noise), drawing...)
	if apart, together := size(noise)+size(drawing), size(both); together > apart+apart/50 {
		t.Fatalf("%d bits together, %d apart", together, apart)
	}
}
