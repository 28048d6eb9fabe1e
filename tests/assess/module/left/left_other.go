//go:build !linux

package left

// Info is nothing elsewhere.
func Info() {}
