package stream

import (
	"bytes"
	"encoding/binary"
	"image/gif"
	"slices"
	"testing"

	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
)

// input is a source in memory that moves the clock before each frame; broken tells that it fails at
// its end instead of ending.
type input struct {
	data   []byte
	broken bool
	hand   *clock.Hand
	steps  []clock.Hand
}

func (in *input) read(p []byte) int {
	if in.hand != nil && len(p) == 4*4 {
		*in.hand += in.steps[0]
		in.steps = in.steps[1:]
	}
	n := copy(p, in.data)
	in.data = in.data[n:]
	if n < len(p) && in.broken {
		return -1
	}
	return n
}

type output struct{ bytes.Buffer }

func (o *output) sink(p []byte) { o.Buffer.Write(p) }

func message(header string, payload ...byte) []byte {
	m := binary.LittleEndian.AppendUint32(nil, uint32(len(header)))
	return append(append(m, header...), payload...)
}

func pixels(n int) []byte { return bytes.Repeat([]byte{9, 8, 7, 255}, n) }

func TestFaults(t *testing.T) {
	const two = `{"width":2,"height":2,"frames":2}`
	indexed := func(header string, palette int, indices ...byte) []byte {
		return message(header, append(make([]byte, palette), indices...)...)
	}
	for _, c := range []struct {
		name string
		data []byte
		want fault.Fault
	}{
		{"nothing", nil, fault.ShortHeader},
		{"half a size", []byte{1, 0}, fault.ShortHeader},
		{"half a header", message(two)[:20], fault.ShortHeader},
		{"no header", message(""), fault.HeaderSize},
		{"not JSON", message("{"), fault.BadJSON},
		{"no sizes", message("{}"), fault.MissingSize},
		{"too large", message(`{"width":70000,"height":1,"frames":1}`), fault.TooLarge},
		{"late", message(`{"width":1,"height":1,"frames":1,"delay":1e7}`), fault.DelayRange},
		{"half a frame", message(two, pixels(7)...), fault.ShortPayload},
		{"no frames", message(two), fault.ShortPayload},
		{"whole", message(two, pixels(8)...), fault.None},
		{"more", message(two, pixels(9)...), fault.TrailingBytes},
		{"half a palette", indexed(`{"width":1,"height":1,"frames":1,"pixels":"indexed"}`, 700), fault.ShortPayload},
		{"indexed", indexed(`{"width":1,"height":2,"frames":1,"pixels":"indexed","colours":3}`, 768, 2, 0), fault.None},
		{"index", indexed(`{"width":1,"height":2,"frames":1,"pixels":"indexed","colours":3}`, 768, 3, 0), fault.BadIndex},
		{"index, fast", indexed(`{"width":1,"height":2,"frames":1,"pixels":"indexed","colours":3,"effort":0}`, 768, 3, 0), fault.BadIndex},
		{"memory", message(`{"width":9,"height":9,"frames":1,"memory":600}`), fault.MemoryLimit},
	} {
		if got := Run((&input{data: c.data}).read, new(output).sink, clock.Platform); got != c.want {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
}

func TestAnInputThatCannotBeReadIsAnotherFault(t *testing.T) {
	whole := message(`{"width":2,"height":2,"frames":1}`, pixels(4)...)
	for n := range len(whole) {
		if got := Run((&input{data: whole[:n], broken: true}).read, new(output).sink, clock.Platform); got != fault.ReadFailed {
			t.Fatalf("after %d bytes: %v", n, got)
		}
	}
}

func TestIndexedFramesWithPalettesOfTheirOwn(t *testing.T) {
	header := `{"width":2,"height":1,"frames":2,"pixels":"indexed-local","colours":2,"transparent":1,"effort":`
	for _, effort := range []string{"0}", "1}", "2}"} {
		var payload []byte
		for _, red := range []byte{200, 100} {
			palette := make([]byte, 768)
			palette[0] = red
			payload = append(append(payload, palette...), 0, 1)
		}
		var out output
		if problem := Run((&input{data: message(header+effort, payload...)}).read, out.sink, clock.Platform); problem != fault.None {
			t.Fatal(effort, problem)
		}
		g, err := gif.DecodeAll(&out.Buffer)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []uint32{200, 100} {
			if r, _, _, a := g.Image[i].At(0, 0).RGBA(); r>>8 != want || a == 0 {
				t.Errorf("effort %s frame %d is %d", effort, i, r>>8)
			}
			if _, _, _, a := g.Image[0].At(1, 0).RGBA(); a != 0 {
				t.Errorf("effort %s: the transparent index shows", effort)
			}
		}
	}
}

// The clock moves while frames arrive; rounding doesn't add up, and a clock that goes back stands.
func TestDelaysFollowTheClock(t *testing.T) {
	const ms = 1_000_000
	hand := clock.Hand(1)
	in := &input{
		data:  message(`{"width":2,"height":2,"frames":6,"delay":70,"clock":true}`, pixels(24)...),
		hand:  &hand,
		steps: []clock.Hand{5 * ms, 104 * ms, 104 * ms, 104 * ms, -900 * ms, 950 * ms},
	}
	var out output
	start := func() *clock.Clock { return clock.New(1e18, hand.Ticks) }
	if problem := Run(in.read, out.sink, start); problem != fault.None {
		t.Fatal(problem)
	}
	g, err := gif.DecodeAll(&out.Buffer)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{10, 11, 10, 0, 5, 7}; !slices.Equal(g.Delay, want) {
		t.Fatalf("delays %v instead of %v", g.Delay, want)
	}
}

// A host's clock may begin at zero.
func TestTheClockMayBeginAtZero(t *testing.T) {
	hand := clock.Hand(0)
	in := &input{
		data:  message(`{"width":2,"height":2,"frames":3,"clock":true}`, pixels(12)...),
		hand:  &hand,
		steps: []clock.Hand{0, 50_000_000, 50_000_000},
	}
	var out output
	if problem := Run(in.read, out.sink, func() *clock.Clock { return clock.New(0, hand.Ticks) }); problem != fault.None {
		t.Fatal(problem)
	}
	g, err := gif.DecodeAll(&out.Buffer)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{5, 5, 10}; !slices.Equal(g.Delay, want) {
		t.Fatalf("delays %v instead of %v", g.Delay, want)
	}
}

// Palettes of two colours add up to more than two colours.
func TestManySmallPalettes(t *testing.T) {
	header := `{"width":2,"height":1,"frames":90,"pixels":"indexed-local","colours":2,"effort":`
	for _, effort := range []string{"0}", "1}", "2}"} {
		var payload []byte
		for i := range 90 {
			palette := make([]byte, 768)
			copy(palette, []byte{byte(i), 1, 1, byte(i), 2, 2})
			payload = append(append(payload, palette...), 0, 1)
		}
		var out output
		if problem := Run((&input{data: message(header+effort, payload...)}).read, out.sink, clock.Platform); problem != fault.None {
			t.Fatal(effort, problem)
		}
		g, err := gif.DecodeAll(&out.Buffer)
		if err != nil || len(g.Image) != 90 {
			t.Fatal(effort, err)
		}
	}
}

func FuzzRun(f *testing.F) {
	f.Add(message(`{"width":2,"height":2,"frames":2}`, pixels(8)...))
	f.Add(message(`{"width":3,"height":1,"frames":2,"pixels":"indexed","effort":2}`, make([]byte, 774)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		var out output
		if Run((&input{data: data}).read, out.sink, clock.Platform) != fault.None {
			return
		}
		if _, err := gif.DecodeAll(&out.Buffer); err != nil {
			t.Fatal(err)
		}
	})
}
