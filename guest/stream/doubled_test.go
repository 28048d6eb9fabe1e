package stream

import (
	"image/gif"
	"testing"

	"wasmtrim/guest/fault"
)

// twice makes each pixel four of its colour.
func twice(frame []byte, width, height int, into []byte) fault.Fault {
	for y := range 2 * height {
		for x := range 2 * width {
			copy(into[4*(y*2*width+x):][:4], frame[4*(y/2*width+x/2):])
		}
	}
	return fault.None
}

func TestDoubledFramesAreTwiceAsWideAndHigh(t *testing.T) {
	frame := []byte{200, 0, 0, 255, 0, 200, 0, 255}
	data := message(`{"width":2,"height":1,"frames":2,"delay":70}`, append(frame, frame...)...)
	var out output
	if problem := RunDoubled((&input{data: data}).read, out.sink, twice); problem != fault.None {
		t.Fatal(problem)
	}
	g, err := gif.DecodeAll(&out.Buffer)
	if err != nil {
		t.Fatal(err)
	}
	if g.Config.Width != 4 || g.Config.Height != 2 || len(g.Image) != 2 || g.Delay[0] != 7 {
		t.Fatalf("%dx%d, %d frames, delays %v", g.Config.Width, g.Config.Height, len(g.Image), g.Delay)
	}
	for x, red := range []uint32{200, 200, 0, 0} {
		if r, _, _, _ := g.Image[0].At(x, 1).RGBA(); r>>8 != red {
			t.Errorf("red of pixel %d is %d instead of %d", x, r>>8, red)
		}
	}
}

func TestFaultsOfDoubledFrames(t *testing.T) {
	const one = `{"width":1,"height":1,"frames":1}`
	broken := func([]byte, int, int, []byte) fault.Fault { return 48 }
	for _, c := range []struct {
		name   string
		data   []byte
		double Double
		want   fault.Fault
	}{
		{"whole", message(one, pixels(1)...), twice, fault.None},
		{"nothing", nil, twice, fault.ShortHeader},
		{"half a frame", message(one, 1), twice, fault.ShortPayload},
		{"more", message(one, pixels(2)...), twice, fault.TrailingBytes},
		{"indexed", message(`{"width":1,"height":1,"frames":1,"pixels":"indexed"}`), twice, fault.BadOption},
		{"clock", message(`{"width":1,"height":1,"frames":1,"clock":true}`), twice, fault.BadOption},
		{"too large doubled", message(`{"width":40000,"height":1,"frames":1}`), twice, fault.TooLarge},
		{"no model", message(one, pixels(1)...), broken, 48},
	} {
		if got := RunDoubled((&input{data: c.data}).read, new(output).sink, c.double); got != c.want {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
}
