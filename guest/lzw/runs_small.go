//go:build small

package lzw

// runs are known to Greedy alone, which is not built here.
type runs struct{}
