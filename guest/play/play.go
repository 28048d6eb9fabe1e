// Package play shows a GIF as a browser does. It is native code on the standard library's decoder,
// which knows nothing of the encoder.
package play

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
)

// Frame is the whole canvas while a frame is shown.
type Frame struct {
	Canvas *image.NRGBA
	Delay  int // hundredths of a second
}

// All returns the frames of a file.
func All(file []byte) ([]Frame, error) {
	g, err := gif.DecodeAll(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("not a GIF: %w", err)
	}
	canvas := image.NewNRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))
	frames := make([]Frame, len(g.Image))
	for i, m := range g.Image {
		before := bytes.Clone(canvas.Pix)
		each(m, canvas.Rect.Dx(), func(from, to int) {
			if r, g, b, a := m.Palette[m.Pix[from]].RGBA(); a != 0 {
				copy(canvas.Pix[to:], []byte{byte(r), byte(g), byte(b), 255})
			}
		})
		shown := *canvas
		shown.Pix = bytes.Clone(canvas.Pix)
		frames[i] = Frame{&shown, g.Delay[i]}
		switch g.Disposal[i] {
		case gif.DisposalBackground:
			each(m, canvas.Rect.Dx(), func(_, to int) { clear(canvas.Pix[to:][:4]) })
		case gif.DisposalPrevious:
			canvas.Pix = before
		}
	}
	return frames, nil
}

// each calls do with the place of every pixel in the frame and in a canvas of some width.
func each(m *image.Paletted, width int, do func(from, to int)) {
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			do(m.PixOffset(x, y), (y*width+x)*4)
		}
	}
}
