package session

import (
	"bytes"
	"image/gif"
	"slices"
	"testing"

	"wasmtrim/guest/fault"
)

const second = 1_000_000_000

func frame(red byte) []byte { return bytes.Repeat([]byte{red, 0, 0, 255}, 6) }

func TestAnimation(t *testing.T) {
	var s Session
	for range 2 {
		if problem := s.Start(3, 2, []byte(`{"effort":2}`)); problem != fault.None {
			t.Fatal(problem)
		}
		var file []byte
		for i, pts := range []uint64{1, second / 3, 2 * second / 3} {
			if problem := s.PushFrame(frame(byte(i)), pts, 3, 2); problem != fault.None {
				t.Fatal(i, problem)
			}
			file = append(file, s.TakeOutput()...)
		}
		if problem := s.Finish(second); problem != fault.None {
			t.Fatal(problem)
		}
		file = append(file, s.TakeOutput()...)
		g, err := gif.DecodeAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{33, 34, 33}; !slices.Equal(g.Delay, want) {
			t.Fatalf("delays %v instead of %v", g.Delay, want)
		}
	}
}

func TestFramesMayLieInTheInput(t *testing.T) {
	var s Session
	if s.Input() != nil {
		t.Fatal("an input before the start")
	}
	s.Start(3, 2, nil)
	copy(s.Input(), frame(200))
	if problem := s.PushFrame(s.Input(), 1, 3, 2); problem != fault.None {
		t.Fatal(problem)
	}
}

func TestEachBreachHasItsFault(t *testing.T) {
	start := func(s *Session) fault.Fault { return s.Start(3, 2, nil) }
	push := func(pts uint64) func(*Session) fault.Fault {
		return func(s *Session) fault.Fault { return s.PushFrame(frame(1), pts, 3, 2) }
	}
	finish := func(pts uint64) func(*Session) fault.Fault {
		return func(s *Session) fault.Fault { return s.Finish(pts) }
	}
	options := func(width, height uint32, json string) func(*Session) fault.Fault {
		return func(s *Session) fault.Fault { return s.Start(width, height, []byte(json)) }
	}
	type calls []func(*Session) fault.Fault
	for _, c := range []struct {
		name  string
		calls calls
		want  fault.Fault
	}{
		{"no width", calls{options(0, 1, "")}, fault.MissingSize},
		{"wide", calls{options(1<<31, 1, "")}, fault.TooLarge},
		{"large", calls{options(65535, 65535, "")}, fault.TooLarge},
		{"options", calls{options(1, 1, "{")}, fault.BadJSON},
		{"effort", calls{options(1, 1, `{"effort":9}`)}, fault.BadOption},
		{"indexed", calls{options(1, 1, `{"pixels":"indexed"}`)}, fault.BadOption},
		{"start twice", calls{start, start}, fault.Sequence},
		{"frame before the start", calls{push(1)}, fault.Sequence},
		{"finish before the start", calls{finish(1)}, fault.Sequence},
		{"finish before a frame", calls{start, finish(1)}, fault.Sequence},
		{"finish twice", calls{start, push(1), finish(2), finish(3)}, fault.Sequence},
		{"pts of zero", calls{start, push(0)}, fault.BadTimestamp},
		{"pts that stands", calls{start, push(5), push(5)}, fault.BadTimestamp},
		{"end that stands", calls{start, push(5), finish(5)}, fault.BadTimestamp},
		{"pause", calls{start, push(1), push(656 * second)}, fault.BadTimestamp},
		{"other size", calls{start, func(s *Session) fault.Fault { return s.PushFrame(frame(1), 1, 2, 3) }}, fault.FrameSize},
		{"few bytes", calls{start, func(s *Session) fault.Fault { return s.PushFrame(frame(1)[:23], 1, 3, 2) }}, fault.FrameSize},
	} {
		var s Session
		got := fault.None
		for _, call := range c.calls {
			if got != fault.None {
				t.Errorf("%s: %v too early", c.name, got)
			}
			got = call(&s)
		}
		if got != c.want {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
}

func TestABreachLeavesTheSessionAsItWas(t *testing.T) {
	var s Session
	s.Start(3, 2, nil)
	s.PushFrame(frame(1), 10, 3, 2)
	s.PushFrame(frame(2), 9, 3, 2)
	if problem := s.PushFrame(frame(2), 20*second, 3, 2); problem != fault.None {
		t.Fatal(problem)
	}
	if problem := s.Finish(21 * second); problem != fault.None {
		t.Fatal(problem)
	}
}
