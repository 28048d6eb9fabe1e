package left // want: constraint left_linux.go

import "syscall"

// Info is of Linux alone.
func Info() { syscall.Sysinfo(new(syscall.Sysinfo_t)) } // want: kernel syscall.Sysinfo
