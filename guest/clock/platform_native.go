//go:build !wasip1

package clock

import "time"

// Platform is the clock of the machine: the standard library's, the only use of it in the guest.
func Platform() *Clock {
	start := time.Now()
	return New(start.UnixNano(), func() int64 { return int64(time.Since(start)) })
}
