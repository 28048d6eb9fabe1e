// Command panics does what Go's runtime needs its function table for: it unwinds stacks, for the
// garbage collector, for panics and for those who ask where they are. Its argument says which.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

type shape interface{ area() int }

type square struct{ side int }

//go:noinline
func (s square) area() int { return s.side * s.side }

// Double is found by its name, by reflection.
func (s square) Double() int { return 2 * s.side }

type node struct {
	next  *node
	bytes [64]byte
}

//go:noinline
func areaOf(s shape) int { return s.area() }

//go:noinline
func load(n *node) byte { return n.next.bytes[3] }

//go:noinline
func at(values []int, index int) int { return values[index] }

// deep makes the stack grow, and its copies are unwound; the last frame throws garbage about.
//
//go:noinline
func deep(levels int) int {
	var room [10]int
	room[levels%10] = levels
	if levels == 0 {
		runtime.GC()
		return len(garbage(50))
	}
	return deep(levels-1) + room[levels%10] - levels
}

func garbage(count int) []*node {
	var kept []*node
	for i := range make([]struct{}, count) {
		n := &node{}
		n.bytes[3] = byte(i)
		if i%2 == 0 {
			kept = append(kept, &node{next: n})
		}
	}
	return kept
}

// caught runs what panics, and gives the text of the panic.
func caught(run func()) (text string) {
	defer func() {
		text = fmt.Sprint(recover())
	}()
	run()
	return "no panic"
}

func work() {
	var sums sync.WaitGroup
	results := make(chan int, 8)
	for i := range make([]struct{}, 8) {
		sums.Add(1)
		go func(levels int) {
			defer sums.Done()
			results <- deep(levels)
		}(500 * (i + 1))
	}
	sums.Wait()
	close(results)
	total := 0
	for result := range results {
		total += result
	}
	fmt.Println("goroutines", total, "deep", deep(5000))

	var none *square
	fmt.Println(caught(func() { load(&node{}) }))
	fmt.Println(caught(func() { at([]int{1, 2}, 7) }))
	fmt.Println(caught(func() { areaOf(none) }))
	fmt.Println(caught(func() { panic(errors.New("an error")) }))
	fmt.Println(caught(func() { reflect.ValueOf(1).Len() }))
	fmt.Println(caught(func() { fmt.Println(caught(func() { panic("first") })); panic("second") }))

	// The collector finds the arguments of a made function by the name of its stub.
	swap := reflect.MakeFunc(reflect.TypeOf(func(*node, *node) *node { return nil }),
		func(arguments []reflect.Value) []reflect.Value {
			garbage(1000)
			runtime.GC()
			return arguments[1:]
		}).Interface().(func(*node, *node) *node)
	second := &node{next: &node{}}
	second.next.bytes[3] = 42
	fmt.Println("made function", load(swap(&node{}, second)))
	method := reflect.ValueOf(square{4}).MethodByName("Double").Interface().(func() int)
	fmt.Println("method value", method(), reflect.TypeOf(square{}).Method(0).Name)
}

//go:noinline
func callers() []string {
	var pcs [8]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var names []string
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		names = append(names, frame.Function)
	}
	return names
}

func names() {
	fmt.Println("callers", strings.Join(callers(), " "))
	fmt.Println("function", runtime.FuncForPC(reflect.ValueOf(work).Pointer()).Name())
	fmt.Println("runtime", runtime.FuncForPC(reflect.ValueOf(runtime.GC).Pointer()).Name())
	fmt.Println("method", reflect.TypeOf(square{}).Method(0).Name, reflect.TypeOf(square{}))
	_, file, line, ok := runtime.Caller(0)
	fmt.Println("caller", file, line, ok)
	log.New(os.Stdout, "", log.Lshortfile).Print("logged")
}

func main() {
	switch os.Args[1] {
	case "work":
		work()
	case "names":
		names()
	case "panic":
		defer fmt.Println("deferred")
		panic(fmt.Errorf("boom %d", deep(10)))
	case "again":
		defer func() { panic(fmt.Sprint("again: ", recover())) }()
		at(nil, 3)
	case "nil":
		load(&node{})
	case "index":
		at([]int{1}, 2)
	case "goroutine":
		done := make(chan struct{})
		go func() { defer close(done); at(nil, 1) }()
		<-done
	case "deadlock":
		<-make(chan int)
	case "exit":
		defer fmt.Println("not deferred")
		os.Exit(areaOf(square{2}) - 1)
	}
}
