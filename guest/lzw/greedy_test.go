package lzw

import (
	"bytes"
	stdlzw "compress/lzw"
	"io"
	"math/rand"
	"testing"
)

// buffer is a sink that keeps everything.
type buffer struct{ bytes.Buffer }

func (b *buffer) sink(p []byte) { b.Buffer.Write(p) }

// unblock reads the minimum code size and joins the sub-blocks of one image.
func unblock(t testing.TB, b []byte) (bits int, codes []byte) {
	t.Helper()
	bits, b = int(b[0]), b[1:]
	for {
		n := int(b[0])
		if n == 0 {
			if len(b) != 1 {
				t.Fatalf("%d bytes after the last sub-block", len(b)-1)
			}
			return bits, codes
		}
		codes = append(codes, b[1:1+n]...)
		b = b[1+n:]
	}
}

func decode(t testing.TB, b []byte) []byte {
	t.Helper()
	bits, codes := unblock(t, b)
	pixels, err := io.ReadAll(stdlzw.NewReader(bytes.NewReader(codes), stdlzw.LSB, bits))
	if err != nil {
		t.Fatal(err)
	}
	return pixels
}

// picture makes n pixels under 1<<bits: runs whose mean length is run.
func picture(seed int64, n int, bits uint, run int) []byte {
	r := rand.New(rand.NewSource(seed))
	p := make([]byte, n)
	c := byte(0)
	for i := range p {
		if r.Intn(run) == 0 {
			c = byte(r.Intn(1 << bits))
		}
		p[i] = c
	}
	return p
}

func TestGreedyIsReadByTheStandardLibrary(t *testing.T) {
	out := new(buffer)
	e := opened(out.sink)
	for bits := uint(2); bits <= 8; bits++ {
		for _, n := range []int{1, 2, 3, 5, 100, 253, 254, 255, 256, 1000, 4095, 4096, 4097, 70000} {
			for _, run := range []int{1, 3, 50, 1 << 20} {
				patience := []int{Impatient, 0, 8}[n%3]
				want := picture(int64(n), n, bits, run)
				out.Reset()
				e.One, e.Width = want, bits
				e.Greedy(patience)
				e.Flush()
				if got := decode(t, out.Bytes()); !bytes.Equal(got, want) {
					t.Fatalf("%d pixels of %d bits in runs of %d come back as others", n, bits, run)
				}
			}
		}
	}
}

// Where Greedy has to be small, it is Search.
func TestGreedyIsSearchWithoutChoices(t *testing.T) {
	for _, patience := range []int{Impatient, -8, 0, 4, 32} {
		for _, run := range []int{1, 3, 50, 1 << 20} {
			for bits := uint(2); bits <= 8; bits++ {
				p := picture(7, 90000, bits, run)
				greedy, search := new(buffer), new(buffer)
				e := opened(greedy.sink)
				e.One, e.Width = p, bits
				e.Greedy(patience)
				e.Flush()
				e = opened(search.sink)
				e.One, e.Two, e.Width = p, p, bits
				e.Search(patience, 0, true)
				e.Flush()
				if !bytes.Equal(greedy.Bytes(), search.Bytes()) {
					t.Fatalf("patience %d, %d bits, runs of %d: other files", patience, bits, run)
				}
			}
		}
	}
}

func opened(sink Sink) *Encoder {
	e := new(Encoder)
	e.Open(sink)
	return e
}

func nowhere([]byte) {}

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
				e.One, e.Width = p, c.bits
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
