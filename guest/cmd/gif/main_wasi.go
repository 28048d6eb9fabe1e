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
	if f := stream.Run(wasi.Read, write, clock.Platform); f != fault.None {
		fail(f)
	}
}

func write(p []byte) {
	if !wasi.Write(p) {
		fail(fault.WriteFailed)
	}
}

func fail(f fault.Fault) {
	wasi.Complain("gif: ")
	wasi.Complain(f.Error())
	wasi.Complain("\n")
	wasi.Exit(int(f))
}
