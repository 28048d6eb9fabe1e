package handler

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"
)

// endless is a body that goes on until it is closed, a frame at a time.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun = true
		return request(`{"width":64,"height":64,"frames":1000000}`, nil).Read(p)
	}
	clear(p)
	return len(p), nil
}

func TestClientsThatGoAwayLeaveNothing(t *testing.T) {
	server := httptest.NewServer(New())
	defer server.Close()
	client := server.Client()
	before := runtime.NumGoroutine()
	for i := range 100 {
		gone, cancel := context.WithTimeout(context.Background(), time.Duration(1+i%5)*time.Millisecond)
		r, err := http.NewRequestWithContext(gone, "POST", server.URL, io.NopCloser(new(endless)))
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := client.Do(r); err == nil {
			answer.Body.Close()
			t.Fatal("an animation without end was answered: ", answer.Status)
		}
		cancel()
	}
	for range 1000 {
		client.CloseIdleConnections()
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestOneAnswerNeverShowsInAnother(t *testing.T) {
	server := httptest.NewServer(New())
	defer server.Close()
	want := make([]string, 20)
	for i := range want {
		want[i] = askFor(t, server.URL, i)
	}
	done := make(chan error)
	for i := range want {
		go func() {
			var wrong error
			for range 20 {
				if got := askFor(t, server.URL, i); got != want[i] {
					wrong = fmt.Errorf("request %d has another answer than before", i)
				}
			}
			done <- wrong
		}()
	}
	for range want {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// askFor asks for two frames whose colour is the number's.
func askFor(t *testing.T, url string, number int) string {
	frames := make([]byte, 16)
	for i := range frames {
		frames[i] = byte(number)
	}
	answer, err := http.Post(url, "", request(header, frames))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return string(content)
}
