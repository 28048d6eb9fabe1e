package left // want: constraint left_amd64.go

import _ "unsafe"

func nothing()

//go:linkname now time.now
func now() (int64, int32, int64) // want above: linkname time.now
