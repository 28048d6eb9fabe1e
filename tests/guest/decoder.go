// Command decoder shows a GIF from standard input by Go's image/gif: for each frame its delay in
// hundredths of a second as a u32 in little endian, then the canvas as RGBA.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"wasmtrim/guest/play"
)

func main() {
	file, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = show(file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "decoder:", err)
		os.Exit(1)
	}
}

func show(file []byte) error {
	frames, err := play.All(file)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for _, frame := range frames {
		out.Write(binary.LittleEndian.AppendUint32(nil, uint32(frame.Delay)))
		out.Write(frame.Canvas.Pix)
	}
	return out.Flush()
}
