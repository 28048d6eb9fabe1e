package guest

import (
	"bytes"
	"testing"

	"wasmtrim/guest/fault"
)

// FuzzFrames makes frames of bytes: whatever they are, they are shown as they were given.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 3, 2, 1, 0, 255, 0, 255, 0}, uint8(2), uint8(2), uint8(1), false)
	f.Add(bytes.Repeat([]byte{7, 7, 7, 7, 7, 9, 255}, 90), uint8(9), uint8(7), uint8(2), true)
	f.Add(crowd(256), uint8(16), uint8(16), uint8(2), true)
	f.Fuzz(func(t *testing.T, data []byte, width, height, effort uint8, fresh bool) {
		w, h := 1+int(width)%24, 1+int(height)%24
		size := w * h
		var frames [][]byte
		for n := 0; len(data) >= size && n < 40; n++ {
			frame := make([]byte, size*4)
			for i, b := range data[:size] {
				shift := byte(0)
				if fresh {
					shift = byte(n / 2)
				}
				copy(frame[i*4:], []byte{b, shift, b / 16, 255})
				if b > 250 {
					frame[i*4+3] = b - 250
				}
			}
			frames = append(frames, frame)
			// Frames overlap, so that parts of them stay or move.
			data = data[max(1, size-w*int(height)%5):]
		}
		o := Options{Width: w, Height: h, Effort: int(effort % 3), Memory: 1 << (11 + effort%6)}
		file, err := GenerateGIF(frames, 30, o)
		if err != nil {
			if err == fault.MissingSize && len(frames) == 0 || err == fault.MemoryLimit {
				return
			}
			t.Fatal(err)
		}
		canvases, _ := show(t, file)
		for i := range frames {
			if !bytes.Equal(canvases[i], shown(frames[i])) {
				t.Fatalf("frame %d of %d looks different", i, len(frames))
			}
		}
	})
}
