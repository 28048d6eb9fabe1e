//go:build unix

package main

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"

	"wasmtrim/guest/fault"
	own "wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// animation is the program's input, taken apart. The palette is that of indexed frames.
type animation struct {
	header  wire.Header
	palette []byte
	frames  [][]byte
}

func read(input []byte) (a animation, err error) {
	size := binary.LittleEndian.Uint32(input)
	problem := a.header.Parse(input[4:][:size])
	if problem == fault.None && a.header[wire.Pixels] == wire.IndexedLocal {
		problem = fault.BadOption
	}
	if problem != fault.None {
		return a, problem
	}
	payload, frame := input[4+size:], a.header[wire.Width]*a.header[wire.Height]
	if a.header[wire.Pixels] == wire.Indexed {
		a.palette, payload = payload[:own.Size], payload[own.Size:]
	} else {
		frame *= 4
	}
	for i := range a.header[wire.Frames] {
		a.frames = append(a.frames, payload[i*frame:][:frame])
	}
	return a, nil
}

// repeated has the frames again and again, until they have so many pixels.
func (a animation) repeated(pixels int) animation {
	once := a.frames
	for a.pixels() < pixels {
		a.frames = append(a.frames[:len(a.frames):len(a.frames)], once...)
	}
	return a
}

func (a animation) pixels() int { return len(a.frames) * a.header[wire.Width] * a.header[wire.Height] }

// standard makes the same frames for image/gif. RGBA becomes paletted as gif.Encode does it by itself:
// on the palette of Plan 9, dithered.
func (a animation) standard() *gif.GIF {
	table := a.table()
	bounds := image.Rect(0, 0, a.header[wire.Width], a.header[wire.Height])
	g := &gif.GIF{Config: image.Config{ColorModel: table, Width: bounds.Dx(), Height: bounds.Dy()}}
	for _, frame := range a.frames {
		m := &image.Paletted{Pix: frame, Stride: bounds.Dx(), Rect: bounds, Palette: table}
		if a.header[wire.Pixels] == wire.RGBA {
			m = image.NewPaletted(bounds, table)
			picture := &image.NRGBA{Pix: frame, Stride: 4 * bounds.Dx(), Rect: bounds}
			draw.FloydSteinberg.Draw(m, bounds, picture, image.Point{})
		}
		g.Image = append(g.Image, m)
		g.Delay = append(g.Delay, wire.Centiseconds(a.header[wire.Delay]))
		g.Disposal = append(g.Disposal, gif.DisposalBackground)
	}
	return g
}

func (a animation) table() color.Palette {
	if a.header[wire.Pixels] == wire.RGBA {
		return palette.Plan9
	}
	table := make(color.Palette, a.header[wire.Colours])
	for i := range table {
		c := own.Entry(a.palette, i)
		table[i] = color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), 255}
	}
	if a.header[wire.Transparent] >= 0 {
		table[a.header[wire.Transparent]] = color.RGBA{}
	}
	return table
}
