// Package clock is a clock that never runs backwards.
package clock

// Ticks counts nanoseconds from any start.
type Ticks func() int64

// Clock is the wall time when it was started plus what its ticks counted since, so that a wall clock
// that is set while frames arrive moves no frame. Ticks that run backwards all the same stand still.
type Clock struct {
	ticks Ticks
	base  int64 // wall time less ticks at the start
	last  int64
}

// New starts a clock at a wall time in nanoseconds since 1970.
func New(wall int64, ticks Ticks) *Clock {
	return &Clock{ticks: ticks, base: wall - ticks(), last: wall}
}

// Now is the time in nanoseconds since 1970; no call returns less than the one before.
func (c *Clock) Now() int64 {
	c.last = max(c.last, c.base+c.ticks())
	return c.last
}

// Since is how many nanoseconds ago t was, 0 for a time to come.
func (c *Clock) Since(t int64) int64 { return max(0, c.Now()-t) }
