//go:build wasip1

// Command gif is the WASI program: it reads an animation from standard input as the package wire
// describes and writes it to standard output as a GIF that loops for ever. Its exit status is 0 or
// the fault's number, which a line on standard error explains.
package main

import (
	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	"wasmtrim/guest/stream"
	"wasmtrim/guest/wasi"
)

func main() {
	if f := stream.Run(wasi.Stdin, wasi.Stdout, clock.Platform); f != fault.None {
		fail(f)
	}
}

// fail isn't inlined, or compilers copy it to each place where a fault is found.
//
//go:noinline
func fail(f fault.Fault) {
	message := append([]byte("gif: "), f.Error()...)
	wasi.Stderr.Write(append(message, '\n'))
	wasi.Exit(int(f))
}
