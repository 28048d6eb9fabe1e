// Analyzer says what a Go module asks of its host: which functions of Go's library are called and
// on which paths, and what else in the source binds it to a platform. It reads a Question as JSON
// from stdin and prints an Answer. It runs `go list` and nothing of what it reads.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var q Question
	if err := json.NewDecoder(os.Stdin).Decode(&q); err != nil {
		return fmt.Errorf("the question: %w", err)
	}
	answer := Answer{Mains: []Main{}, Platforms: []Platform{}, Findings: []Finding{}, Library: []Import{}}
	found := newCollection(q.Most)
	files, err := readSources(&q, &answer, found)
	if err != nil {
		return err
	}
	for _, target := range q.Targets {
		if err := analyze(&q, target, files, &answer, found); err != nil {
			return err
		}
		runtime.GC() // what one platform took must not add to the other's
		debug.FreeOSMemory()
	}
	answer.Findings, answer.LeftOut = found.sorted()
	return json.NewEncoder(os.Stdout).Encode(answer)
}
