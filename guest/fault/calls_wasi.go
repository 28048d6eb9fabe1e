//go:build wasip1

package fault

// A module that is called in returns the number, so it has no use for these messages.
const calls = ""
