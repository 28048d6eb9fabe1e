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

type source struct{ io.Reader }

func (s source) Read(p []byte) (int, bool) {
	n, err := io.ReadFull(s.Reader, p)
	return n, err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

type sink struct{ io.Writer }

func (s sink) Write(p []byte) bool {
	_, err := s.Writer.Write(p)
	return err == nil
}

func main() {
	if f := stream.Run(source{os.Stdin}, sink{os.Stdout}, clock.Platform); f != fault.None {
		fmt.Fprintln(os.Stderr, "gif:", f)
		os.Exit(int(f))
	}
}
