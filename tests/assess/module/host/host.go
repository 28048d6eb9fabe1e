// Package host asks the kernel.
package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

const root = "/pr" + "oc"

var base = root // want: host-path /proc

// Load reads what only a kernel has.
func Load() string {
	data, _ := os.ReadFile(base + "/loadavg") // want: file os.ReadFile; host-path /proc/loadavg
	return string(data) + Status(1) + Class("net") + limit()
}

// Status has its path from parts.
func Status(pid int) string {
	return read(filepath.Join(root, fmt.Sprint(pid), "status")) // want: host-path /proc/*/status
}

// Class has its path from parts that are none.
func Class(name string) string {
	joined := strings.Join([]string{"", "sys", "class"}, "/")      // want: host-path /sys/class
	return read(fmt.Sprintf("/sys/%s/%s", "class", name)) + joined // want: host-path /sys/class/*
}

func read(path string) string {
	file, _ := os.Open(path) // want: file os.Open
	defer file.Close()       // want: open-file (*os.File).Close
	return file.Name()       // want: open-file (*os.File).Name
}

// Wait never ends.
func Wait() {
	select {} // want: forever select {}
}

func limit() string {
	syscall.Kill(1, 0)                                  // want: kernel syscall.Kill
	address := (*byte)(unsafe.Pointer(uintptr(0x1000))) // want: pointer unsafe.Pointer
	next := unsafe.Pointer(uintptr(unsafe.Pointer(address)) + 1)
	return fmt.Sprint(*address, next, "/process", "a /proc", syscall.ENOENT.Error())
}
