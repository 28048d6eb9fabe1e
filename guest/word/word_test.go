package word

import (
	"math/rand"
	"testing"
)

func TestBytesOfAWord(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 20000 {
		v, n := r.Uint64()&r.Uint64(), byte(1+r.Intn(255))
		nonZero, atLeast := NonZero(v), AtLeast(v, n)
		for i := range 8 {
			b := byte(v >> (8 * i))
			want := uint64(0)
			if b != 0 {
				want = 0x80
			}
			if nonZero>>(8*i)&255 != want {
				t.Fatalf("NonZero(%x) = %x", v, nonZero)
			}
			if want = 0; b >= n {
				want = 0x80
			}
			if atLeast>>(8*i)&255 != want {
				t.Fatalf("AtLeast(%x, %d) = %x", v, n, atLeast)
			}
		}
		for i := range 8 {
			if want := nonZero >> (8*i + 7) & 1 * 255; Spread(nonZero)>>(8*i)&255 != want {
				t.Fatalf("Spread(%x)", nonZero)
			}
		}
	}
}

func TestWordsAtAnyByte(t *testing.T) {
	b := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	if Load32(b, 3) != 0x06050403 || Load64(b, 1) != 0x0807060504030201 {
		t.Fatal("loads")
	}
	Store32(b, 1, 0xA4A3A2A1)
	Store64(b, 4, 0xB8B7B6B5B4B3B2B1)
	if Load64(b, 0) != 0xB4B3B2B1A3A2A100 || Load64(b, 4) != 0xB8B7B6B5B4B3B2B1 {
		t.Fatal("stores")
	}
}
