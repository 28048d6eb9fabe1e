package word

import (
	"math/rand"
	"testing"
)

func TestBelow(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for n := 1; n <= 256; n++ {
		for range 100 {
			b := make([]byte, r.Intn(30))
			for i := range b {
				b[i] = byte(r.Intn(n))
			}
			if !Below(b, n) {
				t.Fatalf("%v are under %d", b, n)
			}
			if n == 256 || len(b) == 0 {
				continue
			}
			b[r.Intn(len(b))] = byte(n + r.Intn(256-n))
			if Below(b, n) {
				t.Fatalf("%v are not under %d", b, n)
			}
		}
	}
}

func TestSame(t *testing.T) {
	a, b := make([]byte, 40), make([]byte, 40)
	b[30] = 1
	for end := 0; end <= 40; end++ {
		for i := 0; i <= min(end, 30); i++ {
			if at := Same(a, b, i, end); at < i || at > min(end, 30) {
				t.Fatalf("from %d to %d they are said to be the same up to %d", i, end, at)
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
