//go:build wasip1

// Command gif-nn is cmd/gif with a model before the encoder: each frame goes through the host's model
// scale2x, which doubles its width and height. Its exit status is 0, the fault's number, or 40 and the
// error of wasi_ephemeral_nn.
package main

import (
	"wasmtrim/guest/fault"
	"wasmtrim/guest/nn"
	"wasmtrim/guest/stream"
	"wasmtrim/guest/wasi"
)

// refused is where the errors of the model begin among the exit statuses.
const refused fault.Fault = 40

func main() {
	model, code := nn.Load("scale2x")
	if code != 0 {
		fail(refused + fault.Fault(code))
	}
	double := func(frame []byte, width, height int, into []byte) fault.Fault {
		if code := model.Run(frame, width, height, into); code != 0 {
			return refused + fault.Fault(code)
		}
		return fault.None
	}
	if f := stream.RunDoubled(wasi.Read, write, double); f != fault.None {
		fail(f)
	}
}

func write(p []byte) {
	if !wasi.Write(p) {
		fail(fault.WriteFailed)
	}
}

func fail(f fault.Fault) {
	wasi.Complain("gif-nn: ")
	if f > refused {
		wasi.Complain("the host does not run the model scale2x: wasi_ephemeral_nn's error ")
		wasi.Complain(string(rune('0' + f - refused)))
	} else {
		wasi.Complain(f.Error())
	}
	wasi.Complain("\n")
	wasi.Exit(int(f))
}
