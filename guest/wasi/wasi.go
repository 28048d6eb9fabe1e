//go:build wasip1

// Package wasi is the part of wasi_snapshot_preview1 that the guest needs, without the standard
// library's file layer.
package wasi

import "unsafe"

// iovec is the interface's scatter/gather element: an address and a length in 32 bits.
type iovec struct{ base, length uint32 }

//go:wasmimport wasi_snapshot_preview1 fd_read
func fdRead(fd int32, iovecs unsafe.Pointer, count uint32, n unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_write
func fdWrite(fd int32, iovecs unsafe.Pointer, count uint32, n unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 clock_time_get
func clockTimeGet(id int32, precision int64, time unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 proc_exit
func procExit(status int32)

// Arguments of calls lie here rather than on the stack, so that no call allocates.
var (
	vector iovec
	count  uint32
	nanos  int64
)

// File is a file descriptor that the host opened.
type File int32

// The standard streams.
const (
	Stdin  File = 0
	Stdout File = 1
	Stderr File = 2
)

// Read fills p from the file and returns how many bytes there were before its end; false if the host
// reports an error.
func (f File) Read(p []byte) (int, bool) {
	done := 0
	for done < len(p) {
		point(p[done:])
		if fdRead(int32(f), unsafe.Pointer(&vector), 1, unsafe.Pointer(&count)) != 0 {
			return done, false
		}
		if count == 0 {
			break
		}
		done += int(count)
	}
	return done, true
}

// Write writes all of p; false if the host reports an error.
func (f File) Write(p []byte) bool {
	for len(p) > 0 {
		point(p)
		if fdWrite(int32(f), unsafe.Pointer(&vector), 1, unsafe.Pointer(&count)) != 0 || count == 0 {
			return false
		}
		p = p[count:]
	}
	return true
}

func point(p []byte) {
	vector.base = uint32(uintptr(unsafe.Pointer(&p[0])))
	vector.length = uint32(len(p))
}

// Clocks of clock_time_get.
const (
	Realtime  = 0
	Monotonic = 1
)

// Time is a clock's nanoseconds; false if the host has no such clock.
func Time(clock int32) (int64, bool) {
	ok := clockTimeGet(clock, 1, unsafe.Pointer(&nanos)) == 0
	return nanos, ok
}

// Exit ends the program.
func Exit(status int) { procExit(int32(status)) }
