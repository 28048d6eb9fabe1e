//go:build !small

package lzw

import (
	"bytes"
	stdlzw "compress/lzw"
	"io"
	"testing"
)

func TestGreedyIsReadByTheStandardLibrary(t *testing.T) {
	out := new(buffer)
	e := opened(out.sink)
	for bits := uint(2); bits <= 8; bits++ {
		for _, n := range []int{1, 2, 3, 5, 100, 253, 254, 255, 256, 1000, 4095, 4096, 4097, 70000} {
			for _, run := range []int{1, 3, 50, 1 << 20} {
				patience := []int{Impatient, 0, 8}[n%3]
				want := picture(int64(n), n, bits, run)
				out.Reset()
				e.Pixels, e.Width = want, bits
				e.Greedy(patience)
				e.Flush()
				if got := decode(t, out.Bytes()); !bytes.Equal(got, want) {
					t.Fatalf("%d pixels of %d bits in runs of %d come back as others", n, bits, run)
				}
			}
		}
	}
}

func TestGreedyIsSearchWithoutChoices(t *testing.T) {
	for _, patience := range []int{Impatient, -8, 0, 4, 32} {
		for _, run := range []int{1, 3, 50, 1 << 20} {
			for bits := uint(2); bits <= 8; bits++ {
				p := picture(7, 90000, bits, run)
				greedy, search := new(buffer), new(buffer)
				e := opened(greedy.sink)
				e.Pixels, e.Width = p, bits
				e.Greedy(patience)
				e.Flush()
				e = opened(search.sink)
				e.Pixels, e.Alternatives, e.Width = p, p, bits
				e.Search(patience, 0, true)
				e.Flush()
				if !bytes.Equal(greedy.Bytes(), search.Bytes()) {
					t.Fatalf("patience %d, %d bits, runs of %d: other files", patience, bits, run)
				}
			}
		}
	}
}

func FuzzPixels(f *testing.F) {
	f.Add([]byte{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3}, uint8(2))
	f.Add(picture(1, 500, 8, 2), uint8(8))
	f.Fuzz(func(t *testing.T, pixels []byte, width uint8) {
		bits := 2 + uint(width)%7
		if len(pixels) == 0 {
			return
		}
		for i := range pixels {
			pixels[i] &= 1<<bits - 1
		}
		out := new(buffer)
		e := opened(out.sink)
		e.Pixels, e.Width = pixels, bits
		e.Greedy(0)
		e.Flush()
		if !bytes.Equal(decode(t, out.Bytes()), pixels) {
			t.Fatal("Greedy")
		}
		out.Reset()
		e.Alternatives = e.Pixels
		e.Search(0, 4, true)
		e.Flush()
		if !bytes.Equal(decode(t, out.Bytes()), pixels) {
			t.Fatal("Search")
		}
	})
}

func BenchmarkGreedy(b *testing.B) {
	for _, c := range []struct {
		name string
		bits uint
		run  int
	}{{"flat", 4, 40}, {"runs", 8, 5}, {"noise", 8, 1}} {
		p := picture(1, 640*480, c.bits, c.run)
		b.Run(c.name, func(b *testing.B) {
			e := opened(nowhere)
			b.SetBytes(int64(len(p)))
			for i := 0; i < b.N; i++ {
				e.Pixels, e.Width = p, c.bits
				e.Greedy(Impatient)
			}
		})
		b.Run(c.name+"/standard", func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for i := 0; i < b.N; i++ {
				w := stdlzw.NewWriter(io.Discard, stdlzw.LSB, int(c.bits))
				w.Write(p)
				w.Close()
			}
		})
	}
}
