//go:build wasip1 && (tinygo || go1.24)

// Command gif-reactor is the generator for hosts that call in: a WASI reactor whose exports are what
// the interface frame-stream of wit/ lowers to by the canonical ABI of the component model.
package main

import (
	"unsafe"

	"wasmtrim/guest/fault"
	"wasmtrim/guest/session"
	_ "wasmtrim/guest/wasi" // the runtime's random numbers
)

var (
	current session.Session
	// spare is the memory for arguments that are no frame.
	spare []byte
	// result is the return area: result<_, fault> is two bytes, list<u8> two words.
	result [2]uint32
)

// faults are the cases of the interface's enum, in its order.
var faults = [...]fault.Fault{
	fault.BadJSON, fault.MissingSize, fault.TooLarge, fault.TooManyColours, fault.BadOption,
	fault.MemoryLimit, fault.NoQuantizer, fault.BadTimestamp, fault.FrameSize, fault.Sequence,
}

func main() {}

//go:wasmexport wasmtrim:gif/frame-stream@0.1.0#start
func start(width, height uint32, options unsafe.Pointer, length uint32) unsafe.Pointer {
	return lower(current.Start(width, height, lift(options, length)))
}

//go:wasmexport wasmtrim:gif/frame-stream@0.1.0#push-frame
func pushFrame(data unsafe.Pointer, length uint32, pts uint64, width, height uint32) unsafe.Pointer {
	return lower(current.PushFrame(lift(data, length), pts, width, height))
}

//go:wasmexport wasmtrim:gif/frame-stream@0.1.0#finish
func finish(pts uint64) unsafe.Pointer { return lower(current.Finish(pts)) }

//go:wasmexport wasmtrim:gif/frame-stream@0.1.0#take-output
func takeOutput() unsafe.Pointer {
	out := current.TakeOutput()
	result[0] = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(out))))
	result[1] = uint32(len(out))
	return unsafe.Pointer(&result)
}

// place is where the host puts its arguments: a frame into the encoder's input, which is of that size,
// all else into spare memory. Nothing is ever asked to grow.
func place(size uint32) unsafe.Pointer {
	if input := current.Input(); len(input) >= int(size) && size > 0 {
		return unsafe.Pointer(&input[0])
	}
	if len(spare) < int(size) || len(spare) == 0 {
		spare = make([]byte, size+1)
	}
	return unsafe.Pointer(&spare[0])
}

func lift(p unsafe.Pointer, length uint32) []byte {
	if length == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(p), length)
}

// lower puts result<_, fault> into the return area.
func lower(f fault.Fault) unsafe.Pointer {
	result[0] = 0
	for i, known := range faults {
		if f == known {
			result[0] = 1 | uint32(i)<<8
		}
	}
	return unsafe.Pointer(&result)
}
