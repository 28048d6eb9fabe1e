//go:build wasip1 && tinygo

package wasi

// random takes the place of libc's arc4random, which TinyGo's runtime calls once, for the seed of maps.
// The guest has none, so it does without the import of random_get and the 1.2 kB of a cipher.
//
//export arc4random
func random() uint32 { return 0 }
