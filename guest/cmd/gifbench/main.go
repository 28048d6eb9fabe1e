//go:build unix

// Command gifbench holds the encoder against image/gif, natively. It reads what the program gif reads,
// with one palette or RGBA.
//
//	gifbench [-runs N]             times both, prints one JSON object
//	gifbench standard              writes the file that image/gif makes of it
//	gifbench peak PROGRAM ARG...   runs a program, prints the KiB that it had at most as its last line
//	                               on standard error
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"image/gif"
	"io"
	"os"
	"runtime"
	"time"

	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	encoder "wasmtrim/guest/gif"
	"wasmtrim/guest/wire"
)

// Result is one animation's: pixels encoded, and the seconds for them, the least of several runs.
type Result struct {
	Pixels          int     `json:"pixels"`
	Seconds         float64 `json:"seconds"`
	StandardPixels  int     `json:"standard_pixels"`
	StandardSeconds float64 `json:"standard_seconds"`
}

// Frames are repeated until they have so many pixels: what is done once per file no longer counts.
// image/gif needs a second for a million of pixels in RGBA.
const many, manyColours = 8 << 20, 1 << 20

func main() {
	runs := flag.Int("runs", 5, "of how many `runs` the fastest counts")
	flag.Parse()
	if err := run(flag.Args(), *runs); err != nil {
		fmt.Fprintln(os.Stderr, "gifbench:", err)
		os.Exit(1)
	}
}

func run(arguments []string, runs int) error {
	if len(arguments) > 1 && arguments[0] == "peak" {
		return peak(arguments[1], arguments[2:])
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	a, err := read(input)
	if err != nil {
		return err
	}
	if len(arguments) > 0 && arguments[0] == "standard" {
		return gif.EncodeAll(os.Stdout, a.standard())
	}
	r, err := measure(a, runs)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

func measure(a animation, runs int) (r Result, err error) {
	longer := a.repeated(many)
	r.Pixels = longer.pixels()
	r.Seconds, err = least(runs, func() error { return ours(longer) })
	if err != nil {
		return r, err
	}
	if a.header[wire.Pixels] == wire.RGBA {
		longer = a.repeated(manyColours)
		r.StandardPixels = longer.pixels()
		r.StandardSeconds, err = least(runs, func() error { return gif.EncodeAll(io.Discard, longer.standard()) })
		return r, err
	}
	// Its frames are paletted, so that only encoding counts.
	standard := longer.standard()
	r.StandardPixels = longer.pixels()
	r.StandardSeconds, err = least(runs, func() error { return gif.EncodeAll(io.Discard, standard) })
	return r, err
}

func ours(a animation) error {
	e := &encoder.Encoder{Header: a.header}
	if problem := e.Open(func([]byte) {}); problem != fault.None {
		return problem
	}
	copy(e.Palette(), a.palette)
	for _, frame := range a.frames {
		copy(e.Input(), frame)
		if problem := e.Push(wire.Centiseconds(a.header[wire.Delay])); problem != fault.None {
			return problem
		}
	}
	e.Finish()
	return nil
}

// least is the shortest of several runs in seconds, garbage collected before each.
func least(runs int, run func() error) (float64, error) {
	shortest := time.Duration(1 << 62)
	for range runs {
		runtime.GC()
		start := clock.Platform()
		began := start.Now()
		if err := run(); err != nil {
			return 0, err
		}
		shortest = min(shortest, time.Duration(start.Since(began)))
	}
	return shortest.Seconds(), nil
}
