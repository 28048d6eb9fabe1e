package lab

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// Values of Bruce Lindbloom's calculator for sRGB and D65.
func TestPublishedValues(t *testing.T) {
	for _, c := range []struct {
		r, g, b uint8
		want    Colour
	}{
		{0, 0, 0, Colour{0, 0, 0}},
		{255, 255, 255, Colour{100, 0, 0}},
		{255, 0, 0, Colour{53.2408, 80.0925, 67.2032}},
		{0, 255, 0, Colour{87.7347, -86.1827, 83.1793}},
		{0, 0, 255, Colour{32.2970, 79.1875, -107.8602}},
		{128, 128, 128, Colour{53.5850, 0, 0}},
	} {
		if got := Of(c.r, c.g, c.b); Distance(got, c.want) > 0.01 {
			t.Errorf("%d %d %d is %v instead of %v", c.r, c.g, c.b, got, c.want)
		}
	}
}

func TestRoots(t *testing.T) {
	for v := 0.008; v < 1.2; v += 0.001 {
		if got, want := root3(v), math.Cbrt(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("cube root of %v: %v instead of %v", v, got, want)
		}
		if got, want := power04(v), math.Pow(v, 0.4); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v to 0.4: %v instead of %v", v, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	if d := Distance(Colour{50, 10, -20}, Colour{53, 14, -8}); d != 13 {
		t.Fatal(d)
	}
}

// The file that LAB_REFERENCE names has lines of red, green, blue, L, a, b, and the difference from the
// colour of the line before, by another library.
func TestReference(t *testing.T) {
	path := os.Getenv("LAB_REFERENCE")
	if path == "" {
		t.Skip("LAB_REFERENCE names no file")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	var before Colour
	for n, line := range lines {
		var r, g, b uint8
		var want Colour
		var apart float64
		if _, err := fmt.Sscan(line, &r, &g, &b, &want.L, &want.A, &want.B, &apart); err != nil {
			t.Fatal(line, err)
		}
		got := Of(r, g, b)
		if d := Distance(got, want); math.IsNaN(d) || d > 0.02 {
			t.Errorf("%s: off by %v", line, d)
		}
		if d := Distance(before, got); n > 0 && math.Abs(d-apart) > 0.02 {
			t.Errorf("%s: %v from the line before", line, d)
		}
		before = got
	}
	t.Logf("%d colours", len(lines))
}
