//go:build wasip1

// Package nn is the part of wasi_ephemeral_nn that the guest needs: a model by its name, and pictures
// through it. The signatures are those of WebAssembly/wasi-nn's WITX of October 2024.
package nn

import "unsafe"

//go:wasmimport wasi_ephemeral_nn load_by_name
func loadByName(name unsafe.Pointer, length uint32, graph unsafe.Pointer) uint32

//go:wasmimport wasi_ephemeral_nn init_execution_context
func initExecutionContext(graph uint32, context unsafe.Pointer) uint32

//go:wasmimport wasi_ephemeral_nn set_input
func setInput(context, index uint32, tensor unsafe.Pointer) uint32

//go:wasmimport wasi_ephemeral_nn compute
func compute(context uint32) uint32

//go:wasmimport wasi_ephemeral_nn get_output
func getOutput(context, index uint32, buffer unsafe.Pointer, size uint32, written unsafe.Pointer) uint32

// u8 is tensor_type's number of bytes.
const u8 = 3

// tensor is the interface's record: dimensions, their number, type, data, its length.
type tensor struct {
	dimensions, rank uint32
	kind             uint8
	data, length     uint32
}

// Arguments of calls lie here rather than on the stack, so that no call allocates.
var (
	input      tensor
	dimensions [4]uint32
	handle     uint32
	written    uint32
)

// Errno is nn_errno: 0 is none.
type Errno uint32

// RuntimeError is the interface's error of a model that did not give what it should.
const RuntimeError Errno = 5

// Model is one that is ready to run, from pictures to pictures.
type Model uint32

// Load makes the host's model of that name ready.
func Load(name string) (Model, Errno) {
	code := loadByName(unsafe.Pointer(unsafe.StringData(name)), uint32(len(name)), unsafe.Pointer(&handle))
	if code == 0 {
		code = initExecutionContext(handle, unsafe.Pointer(&handle))
	}
	return Model(handle), Errno(code)
}

// Run gives the model a picture of width*height pixels of RGBA, and fills out with what it makes of it.
func (m Model) Run(picture []byte, width, height int, out []byte) Errno {
	dimensions = [4]uint32{1, uint32(height), uint32(width), 4}
	input = tensor{
		address(unsafe.Pointer(&dimensions)), uint32(len(dimensions)), u8,
		address(unsafe.Pointer(&picture[0])), uint32(len(picture)),
	}
	code := setInput(uint32(m), 0, unsafe.Pointer(&input))
	if code == 0 {
		code = compute(uint32(m))
	}
	if code == 0 {
		code = getOutput(uint32(m), 0, unsafe.Pointer(&out[0]), uint32(len(out)), unsafe.Pointer(&written))
	}
	if code == 0 && int(written) != len(out) {
		return RuntimeError
	}
	return Errno(code)
}

func address(p unsafe.Pointer) uint32 { return uint32(uintptr(p)) }
