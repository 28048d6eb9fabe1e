//go:build wasip1 && (tinygo || go1.24) && component

package main

import "unsafe"

// In a component the adapter of WASI preview 1 calls cabi_realloc for memory of its own, before Go has
// started. This name is only for what the exports are given.
//
//go:wasmexport cabi_export_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer { return place(size) }
