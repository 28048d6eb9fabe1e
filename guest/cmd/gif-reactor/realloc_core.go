//go:build wasip1 && (tinygo || go1.24) && !component

package main

import "unsafe"

//go:wasmexport cabi_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer { return place(size) }
