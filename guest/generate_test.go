package guest

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"

	"wasmtrim/guest/fault"
	"wasmtrim/guest/play"
	"wasmtrim/guest/wire"
)

// show plays a file that must loop for ever.
func show(t testing.TB, file []byte) (canvases [][]byte, delays []int) {
	t.Helper()
	if !bytes.Contains(file, []byte("NETSCAPE2.0\x03\x01\x00\x00\x00")) || file[len(file)-1] != 0x3B {
		t.Fatal("no loop, or no trailer")
	}
	frames, err := play.All(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range frames {
		canvases, delays = append(canvases, frame.Canvas.Pix), append(delays, frame.Delay)
	}
	return canvases, delays
}

// shown is what a frame looks like: pixels are opaque or nothing.
func shown(frame []byte) []byte {
	out := bytes.Clone(frame)
	for i := 0; i < len(out); i += 4 {
		if out[i+3] < 128 {
			clear(out[i : i+4])
		} else {
			out[i+3] = 255
		}
	}
	return out
}

// scene is an animation of some colours in which rectangles come and go; clear is how many of 100 of
// them are transparent, and fresh tells that each frame has colours of its own.
type scene struct {
	width, height, frames, colours, holes int
	fresh                                 bool
}

func (s scene) draw(seed int64) [][]byte {
	r := rand.New(rand.NewSource(seed))
	// An odd factor modulo a power of two makes each colour another one.
	palette := func(i int) int { return i * 2654435 % (1 << 24) }
	frames := make([][]byte, s.frames)
	now := make([]byte, s.width*s.height*4)
	at := 0
	colour := func() [4]byte {
		if r.Intn(100) < s.holes {
			return [4]byte{byte(r.Intn(256)), 7, 7, byte(r.Intn(128))}
		}
		c := palette(at + r.Intn(s.colours))
		return [4]byte{byte(c), byte(c >> 8), byte(c >> 16), byte(128 + r.Intn(128))}
	}
	fill := func(x0, y0, x1, y1 int) {
		c := colour()
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				copy(now[(y*s.width+x)*4:], c[:])
			}
		}
	}
	fill(0, 0, s.width, s.height)
	for f := range frames {
		if s.fresh {
			at += s.colours
			fill(0, 0, s.width, s.height)
		}
		for range r.Intn(6) {
			x, y := r.Intn(s.width), r.Intn(s.height)
			fill(x, y, min(s.width, x+1+r.Intn(s.width)), min(s.height, y+1+r.Intn(s.height)))
		}
		for range r.Intn(1 + s.width*s.height/20) {
			x, y := r.Intn(s.width), r.Intn(s.height)
			fill(x, y, x+1, y+1)
		}
		frames[f] = bytes.Clone(now)
	}
	return frames
}

func TestEveryFrameIsShownAsItWasGiven(t *testing.T) {
	for _, s := range []scene{
		{1, 1, 1, 1, 0, false},
		{1, 1, 9, 2, 30, false},
		{64, 48, 1, 200, 0, false},
		{64, 48, 12, 2, 0, false},
		{64, 48, 12, 4, 20, false},
		{61, 47, 30, 16, 0, false},
		{61, 47, 30, 255, 30, false},
		{61, 47, 12, 256, 0, false},
		{61, 47, 12, 100, 40, true},
		{7, 9, 20, 30, 70, true},
		{300, 2, 20, 250, 5, true},
		{16, 16, 12, 256, 0, true},
		{65535, 1, 3, 9, 10, false},
		{1, 65535, 3, 9, 0, false},
		{8, 8, 1000, 10, 20, false},
	} {
		for effort := wire.Fastest; effort <= wire.Best; effort++ {
			t.Run(fmt.Sprint(s, effort), func(t *testing.T) {
				frames := s.draw(1)
				if s.colours == 256 && s.fresh {
					frames = crowded(s)
				}
				file, err := GenerateGIF(frames, 84, Options{Width: s.width, Height: s.height, Effort: effort})
				if err != nil {
					t.Fatal(err)
				}
				canvases, delays := show(t, file)
				if len(canvases) != len(frames) {
					t.Fatalf("%d frames of %d", len(canvases), len(frames))
				}
				for i := range frames {
					if !bytes.Equal(canvases[i], shown(frames[i])) {
						t.Fatalf("frame %d looks different", i)
					}
					if delays[i] != 8 {
						t.Fatalf("frame %d is shown for %d hundredths", i, delays[i])
					}
				}
			})
		}
	}
}

// crowded has frames of exactly 256 opaque colours beside frames with transparent pixels, so that no
// index is left over for what is erased.
func crowded(s scene) [][]byte {
	r := rand.New(rand.NewSource(2))
	frames := make([][]byte, s.frames)
	for f := range frames {
		frames[f] = make([]byte, s.width*s.height*4)
		for i := range s.width * s.height {
			copy(frames[f][i*4:], []byte{byte(i), byte(f / 4), 3, 255})
		}
		for range 40 * (f % 3) {
			frames[f][r.Intn(s.width*s.height)*4+3] = 0
		}
	}
	return frames
}

func TestMemoryThatIsFullOfFramesShowsTheSame(t *testing.T) {
	s := scene{40, 30, 50, 60, 20, false}
	frames := s.draw(3)
	for _, memory := range []int{2 * 1472, 5 * 1472, 1 << 20} {
		file, err := GenerateGIF(frames, 50, Options{Width: 40, Height: 30, Effort: wire.Default, Memory: memory})
		if err != nil {
			t.Fatal(memory, err)
		}
		canvases, _ := show(t, file)
		for i := range frames {
			if !bytes.Equal(canvases[i], shown(frames[i])) {
				t.Fatalf("memory %d: frame %d looks different", memory, i)
			}
		}
	}
}

func TestAlphaDecidesAt128AndColourBelowItIsIgnored(t *testing.T) {
	frame := []byte{
		10, 20, 30, 0, 11, 21, 31, 127, 40, 50, 60, 128, 40, 50, 60, 255,
	}
	for effort := wire.Fastest; effort <= wire.Best; effort++ {
		file, err := GenerateGIF([][]byte{frame}, 10, Options{Width: 4, Height: 1, Effort: effort})
		if err != nil {
			t.Fatal(err)
		}
		canvases, _ := show(t, file)
		want := []byte{0, 0, 0, 0, 0, 0, 0, 0, 40, 50, 60, 255, 40, 50, 60, 255}
		if !bytes.Equal(canvases[0], want) {
			t.Fatalf("effort %d: %v", effort, canvases[0])
		}
		// One colour and the transparent index: a table of two.
		if bits := file[10]&7 + 1; bits != 1 {
			t.Fatalf("effort %d: a table of %d bits", effort, bits)
		}
	}
}

// crowd is a row of n colours.
func crowd(n int) []byte {
	row := make([]byte, n*4)
	for i := range n {
		copy(row[i*4:], []byte{byte(i), byte(i >> 8), 0, 255})
	}
	return row
}

func Test256ColoursAreExactAndFullTables(t *testing.T) {
	for effort := wire.Fastest; effort <= wire.Best; effort++ {
		file, err := GenerateGIF([][]byte{crowd(256)}, 0, Options{Width: 256, Height: 1, Effort: effort})
		if err != nil {
			t.Fatal(err)
		}
		if canvases, _ := show(t, file); !bytes.Equal(canvases[0], crowd(256)) {
			t.Errorf("effort %d: colours are changed", effort)
		}
	}
}

func TestFaults(t *testing.T) {
	good := make([]byte, 4)
	for _, c := range []struct {
		name   string
		frames [][]byte
		delay  int
		o      Options
		want   fault.Fault
	}{
		{"no frames", nil, 0, Options{Width: 1, Height: 1}, fault.MissingSize},
		{"no width", [][]byte{good}, 0, Options{Height: 1}, fault.MissingSize},
		{"wide", [][]byte{good}, 0, Options{Width: 65536, Height: 1}, fault.TooLarge},
		{"large", [][]byte{good}, 0, Options{Width: 65535, Height: 65535}, fault.TooLarge},
		{"delay", [][]byte{good}, 655351, Options{Width: 1, Height: 1}, fault.DelayRange},
		{"frame", [][]byte{good, good[:3]}, 0, Options{Width: 1, Height: 1}, fault.FrameSize},
		{"memory", [][]byte{good}, 0, Options{Width: 1, Height: 1, Memory: 320}, fault.MemoryLimit},
	} {
		if _, err := GenerateGIF(c.frames, c.delay, c.o); err != c.want {
			t.Errorf("%s: %v instead of %v", c.name, err, c.want)
		}
	}
}

func TestTheSameFramesGiveTheSameFile(t *testing.T) {
	s := scene{40, 30, 10, 60, 20, false}
	o := Options{Width: 40, Height: 30, Effort: wire.Best}
	a, _ := GenerateGIF(s.draw(3), 50, o)
	b, _ := GenerateGIF(s.draw(3), 50, o)
	if !bytes.Equal(a, b) {
		t.Fatal("two files")
	}
}
