//go:build quantize

package guest

import (
	"bytes"
	"math/rand"
	"testing"

	"wasmtrim/guest/wire"
)

// ramp is a picture of as many colours as pixels, one corner transparent.
func ramp(width, height, shift int) []byte {
	frame := make([]byte, width*height*4)
	for i := range width * height {
		x, y := i%width, i/width
		copy(frame[i*4:], []byte{byte(x + shift), byte(y), byte((x + y) / 2), 255})
	}
	clear(frame[:64])
	return frame
}

// distance is the mean difference of channels of opaque pixels; transparent ones must be the same.
func distance(t *testing.T, a, b []byte) float64 {
	sum := 0
	for i := range a {
		if i%4 == 3 && a[i] != b[i] {
			t.Fatalf("pixel %d is transparent in one", i/4)
		}
		sum += max(int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return float64(sum) / float64(len(a))
}

func TestManyColoursComeClose(t *testing.T) {
	for _, dither := range []bool{false, true} {
		frames := [][]byte{ramp(200, 150, 0), ramp(200, 150, 0), ramp(200, 150, 40)}
		file, err := GenerateGIF(frames, 10, Options{Width: 200, Height: 150, Effort: 1, Dither: dither})
		if err != nil {
			t.Fatal(err)
		}
		canvases, _ := show(t, file)
		for i := range frames {
			if d := distance(t, canvases[i], shown(frames[i])); d > 5 {
				t.Errorf("dither %v: frame %d is off by %v", dither, i, d)
			}
		}
		if !dither && !bytes.Equal(canvases[0], canvases[1]) {
			t.Error("a still picture moves")
		}
	}
}

func TestLosslessFramesBetweenQuantizedOnesStayExact(t *testing.T) {
	flat := bytes.Repeat([]byte{1, 2, 3, 255}, 60*60)
	frames := [][]byte{flat, ramp(60, 60, 0), flat, ramp(60, 60, 3), flat}
	for effort := wire.Fastest; effort <= wire.Best; effort++ {
		file, err := GenerateGIF(frames, 10, Options{Width: 60, Height: 60, Effort: effort})
		if err != nil {
			t.Fatal(err)
		}
		canvases, _ := show(t, file)
		for i := 0; i < len(frames); i += 2 {
			if !bytes.Equal(canvases[i], flat) {
				t.Errorf("frame %d is changed", i)
			}
		}
	}
}

func TestColoursThatLookAlikeAreMergedWhenAsked(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	frame := make([]byte, 100*4)
	for i := range 100 {
		copy(frame[i*4:], []byte{byte(100 + r.Intn(3)), byte(50 + r.Intn(3)), 200, 255})
	}
	colours := func(merge bool) int {
		file, err := GenerateGIF([][]byte{frame}, 0, Options{Width: 10, Height: 10, Merge: merge})
		if err != nil {
			t.Fatal(err)
		}
		canvases, _ := show(t, file)
		if merge && distance(t, canvases[0], frame) > 3 {
			t.Error("merged colours look different")
		}
		seen := map[[3]byte]bool{}
		for i := 0; i < len(canvases[0]); i += 4 {
			seen[[3]byte(canvases[0][i:])] = true
		}
		return len(seen)
	}
	if exact, merged := colours(false), colours(true); exact != 9 || merged >= exact {
		t.Fatalf("%d colours become %d", exact, merged)
	}
}
