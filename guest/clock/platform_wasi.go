//go:build wasip1 && !hostclock

package clock

import "wasmtrim/guest/wasi"

// Platform is the clock of the machine: WASI's. Where the host refuses one, it stands still.
func Platform() *Clock {
	wall, _ := wasi.Time(wasi.Realtime)
	return New(wall, func() int64 {
		now, _ := wasi.Time(wasi.Monotonic)
		return now
	})
}
