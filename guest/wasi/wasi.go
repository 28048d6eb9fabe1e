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

// Read fills p from standard input and returns how many bytes there were before its end, -1 if the
// host reports an error.
func Read(p []byte) int {
	done := 0
	for done < len(p) {
		point(unsafe.Pointer(&p[done]), len(p)-done)
		if fdRead(0, unsafe.Pointer(&vector), 1, unsafe.Pointer(&count)) != 0 {
			return -1
		}
		if count == 0 {
			break
		}
		done += int(count)
	}
	return done
}

// Write writes all of p to standard output; false if the host reports an error.
func Write(p []byte) bool {
	for len(p) > 0 {
		if !write(1, unsafe.Pointer(&p[0]), len(p)) || count == 0 {
			return false
		}
		p = p[count:]
	}
	return true
}

// Complain writes to standard error what the host takes of it.
func Complain(s string) { write(2, unsafe.Pointer(unsafe.StringData(s)), len(s)) }

func write(file int32, base unsafe.Pointer, length int) bool {
	point(base, length)
	return fdWrite(file, unsafe.Pointer(&vector), 1, unsafe.Pointer(&count)) == 0
}

func point(base unsafe.Pointer, length int) {
	vector = iovec{uint32(uintptr(base)), uint32(length)}
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
