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

func opened(sink Sink) *Encoder {
	e := new(Encoder)
	e.Open(sink)
	return e
}

func nowhere([]byte) {}

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
