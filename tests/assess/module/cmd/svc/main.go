package main

import (
	"os"
	"os/exec"
	"os/signal"
	"time"

	"example.com/dependency"
	"example.com/service/host"
)

var interval = 2 * time.Second

func main() {
	os.Stdout.WriteString(host.Load())           // want: stdio os.Stdout; open-file (*os.File).WriteString
	signal.Notify(make(chan os.Signal))          // want: signal os/signal.Notify
	tick := time.NewTicker(5 * time.Millisecond) // want: precise-timer time.NewTicker
	go func() { <-tick.C }()                     // want: goroutine go
	time.Sleep(interval)                         // want: timer time.Sleep
	exec.Command("true").Run()                   // want: process os/exec.Command; process (*os/exec.Cmd).Run
	dependency.Count()
	dependency.Visit(dependency.Reader{})
	run(os.Getpid) // want: process-identity os.Getpid
}

func run(ask func() int) { ask() }
