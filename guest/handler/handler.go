// Package handler serves the generator over HTTP: the same bytes in as the WASI program reads, the
// same GIF out. It is the reference that the program is compared with.
package handler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strconv"
	"sync"

	"wasmtrim/guest/clock"
	"wasmtrim/guest/fault"
	"wasmtrim/guest/play"
	"wasmtrim/guest/stream"
)

// MaxBody bounds a request: a header and 64 frames of the largest size, or more of smaller ones.
const MaxBody = 4 << 30

// New is a handler that answers POST with the animation, or with frame=N in the query with that
// frame, the first one being 0, as a PNG. A fault is status 422, with its number in Wasmtrim-Fault.
func New() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", post)
	return mux
}

func post(w http.ResponseWriter, r *http.Request) {
	frame := -1
	if text := r.URL.Query().Get("frame"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			http.Error(w, fmt.Sprintf("frame is %q: it is a number from 0 on", text), http.StatusBadRequest)
			return
		}
		frame = n
	}
	file := files.Get().(*bytes.Buffer)
	defer release(file)
	in := body{r.Context(), http.MaxBytesReader(w, r.Body, MaxBody)}
	f := stream.Run(in.read, sink{file}.write, clock.Platform)
	if r.Context().Err() != nil {
		return // nobody reads the answer
	}
	if f != fault.None {
		w.Header().Set("Wasmtrim-Fault", strconv.Itoa(int(f)))
		http.Error(w, f.Error(), http.StatusUnprocessableEntity)
		return
	}
	if frame < 0 {
		answer(w, "image/gif", file.Bytes())
		return
	}
	frames, err := play.All(file.Bytes())
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case frame >= len(frames):
		http.Error(w, fmt.Sprintf("frame is %d: there are %d", frame, len(frames)), http.StatusNotFound)
	default:
		var picture bytes.Buffer
		if err := png.Encode(&picture, frames[frame].Canvas); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, "image/png", picture.Bytes())
	}
}

func answer(w http.ResponseWriter, kind string, content []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content)
}

// files are buffers for the next requests' answers.
var files = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKept bounds what a buffer may hold on to.
const maxKept = 4 << 20

func release(file *bytes.Buffer) {
	if file.Cap() <= maxKept {
		file.Reset()
		files.Put(file)
	}
}

// body is a request's body as a source, which cannot be read once the client is gone: so that its
// animation ends with the frame at work.
type body struct {
	request context.Context
	io.Reader
}

func (b body) read(p []byte) int {
	if b.request.Err() != nil {
		return -1
	}
	n, err := io.ReadFull(b.Reader, p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return -1
	}
	return n
}

// sink keeps what is written.
type sink struct{ *bytes.Buffer }

func (s sink) write(p []byte) { s.Write(p) }
