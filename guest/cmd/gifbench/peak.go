//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// peak runs a program on our standard streams. A parent that has little memory itself is needed for
// it: on Linux a child's maximum begins with its parent's, until it becomes another program.
func peak(program string, arguments []string) error {
	command := exec.Command(program, arguments...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	most := command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS == "darwin" { // there it is in bytes
		most >>= 10
	}
	fmt.Fprintln(os.Stderr, most)
	return nil
}
