//go:build wasip1 && hostclock

package clock

//go:wasmimport env now_ms
func nowMs() int64

// Platform is the clock of the machine: the milliseconds since 1970 that the host function
// env.now_ms returns.
func Platform() *Clock {
	ticks := func() int64 { return nowMs() * 1e6 }
	return New(ticks(), ticks)
}
