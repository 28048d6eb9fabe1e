// Command gifbench times the encoder against image/gif on the same frames, natively. It reads what
// the program gif reads, with indexed pixels, and prints one JSON object.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"os"
	"runtime"
	"time"

	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	encoder "wasmtrim/guest/gif"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// Result is one animation's: image/gif's file, and times of its frames repeated until they have many
// pixels, the least of several runs.
type Result struct {
	StandardBytes   int     `json:"standard_bytes"`
	Pixels          int     `json:"pixels"`
	Seconds         float64 `json:"seconds"`
	StandardSeconds float64 `json:"standard_seconds"`
}

// many is from where on what is done once per file no longer counts.
const many = 8 << 20

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		var r Result
		if r, err = measure(input); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(r)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gifbench:", err)
		os.Exit(1)
	}
}

func measure(input []byte) (Result, error) {
	h, colours, once, err := read(input)
	if err != nil {
		return Result{}, err
	}
	size := h.Width * h.Height
	var frames [][]byte
	for len(frames)*size < many {
		frames = append(frames, once...)
	}
	var file bytes.Buffer
	if err := gif.EncodeAll(&file, standard(h, colours, once)); err != nil {
		return Result{}, err
	}
	r := Result{StandardBytes: file.Len(), Pixels: len(frames) * size}
	if r.Seconds, err = least(func() error { return ours(h, colours, frames) }); err != nil {
		return r, err
	}
	animation := standard(h, colours, frames)
	r.StandardSeconds, err = least(func() error { return gif.EncodeAll(io.Discard, animation) })
	return r, err
}

func ours(h wire.Header, colours []byte, frames [][]byte) error {
	e, problem := encoder.New(&h, func([]byte) {})
	if problem != fault.None {
		return problem
	}
	copy(e.Palette(), colours)
	for _, frame := range frames {
		copy(e.Input(), frame)
		if problem := e.Push(wire.Centiseconds(h.Delay)); problem != fault.None {
			return problem
		}
	}
	e.Finish()
	return nil
}

// least is the shortest of several runs in seconds, garbage collected before each.
func least(run func() error) (float64, error) {
	shortest := time.Duration(1 << 62)
	for range 5 {
		runtime.GC()
		start := clock.Platform()
		began := start.Now()
		if err := run(); err != nil {
			return 0, err
		}
		shortest = min(shortest, time.Duration(start.Since(began)))
	}
	return shortest.Seconds(), nil
}

// read takes the program's input apart.
func read(input []byte) (h wire.Header, colours []byte, frames [][]byte, err error) {
	size := binary.LittleEndian.Uint32(input)
	problem := h.Parse(input[4:][:size])
	if problem == fault.None && h.Layout != wire.Indexed {
		problem = fault.BadOption
	}
	if problem != fault.None {
		return h, nil, nil, problem
	}
	payload := input[4+size:]
	for i := range h.Frames {
		frames = append(frames, payload[palette.Size+i*h.Width*h.Height:][:h.Width*h.Height])
	}
	return h, payload[:palette.Size], frames, nil
}

// standard makes the same frames for image/gif.
func standard(h wire.Header, colours []byte, frames [][]byte) *gif.GIF {
	table := make(color.Palette, h.Colours)
	for i := range table {
		c := palette.Entry(colours, i)
		table[i] = color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), 255}
	}
	if h.Transparent >= 0 {
		table[h.Transparent] = color.RGBA{}
	}
	g := &gif.GIF{Config: image.Config{ColorModel: table, Width: h.Width, Height: h.Height}}
	for _, frame := range frames {
		g.Image = append(g.Image, &image.Paletted{
			Pix: frame, Stride: h.Width, Rect: image.Rect(0, 0, h.Width, h.Height), Palette: table,
		})
		g.Delay = append(g.Delay, wire.Centiseconds(h.Delay))
		g.Disposal = append(g.Disposal, gif.DisposalBackground)
	}
	return g
}
