//go:build !wasip1

// Command gif, built for the machine at hand, is the same program by the standard library's files.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	"wasmtrim/guest/stream"
)

func read(p []byte) int {
	n, err := io.ReadFull(os.Stdin, p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return -1
	}
	return n
}

func write(p []byte) {
	if _, err := os.Stdout.Write(p); err != nil {
		fail(fault.WriteFailed)
	}
}

func fail(f fault.Fault) {
	fmt.Fprintln(os.Stderr, "gif:", f)
	os.Exit(int(f))
}

func main() {
	if f := stream.Run(read, write, clock.Platform); f != fault.None {
		fail(f)
	}
}
