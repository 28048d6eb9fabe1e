//go:build !quantize

package gif

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/wire"
)

// lossy is nothing: no colour changes.
type lossy struct{}

func (lossy) prepare(h *wire.Header, _ *palette.Table) fault.Fault {
	if h[wire.Dither] == 1 || h[wire.Merge] == 1 {
		return fault.NoQuantizer
	}
	return fault.None
}

func (e *Encoder) reduce(*frame) fault.Fault { return fault.TooManyColours }
