//go:build !quantize

package guest

import (
	"testing"

	"wasmtrim/guest/fault"
)

func TestNoColourIsChanged(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want fault.Fault
	}{
		{"257 colours", Options{}, fault.TooManyColours},
		{"dither", Options{Dither: true}, fault.NoQuantizer},
		{"merge", Options{Merge: true}, fault.NoQuantizer},
	} {
		c.o.Width, c.o.Height = 257, 1
		if _, err := GenerateGIF([][]byte{crowd(257)}, 0, c.o); err != c.want {
			t.Errorf("%s: %v instead of %v", c.name, err, c.want)
		}
	}
}
