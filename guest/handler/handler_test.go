package handler

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func request(header string, payload []byte) io.Reader {
	m := binary.LittleEndian.AppendUint32(nil, uint32(len(header)))
	return bytes.NewReader(append(append(m, header...), payload...))
}

func ask(t *testing.T, method, query string, body io.Reader) (*http.Response, []byte) {
	t.Helper()
	server := httptest.NewServer(New())
	defer server.Close()
	r, err := http.NewRequest(method, server.URL+query, body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, content
}

const header = `{"width":2,"height":1,"frames":2,"delay":200}`

var payload = []byte{9, 0, 0, 255, 1, 1, 1, 0, 9, 0, 0, 255, 7, 7, 7, 255}

func TestGIF(t *testing.T) {
	answer, content := ask(t, "POST", "/", request(header, payload))
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "image/gif" {
		t.Fatal(answer.Status, answer.Header)
	}
	g, err := gif.DecodeAll(bytes.NewReader(content))
	if err != nil || len(g.Image) != 2 || g.Delay[0] != 20 {
		t.Fatal(err, g)
	}
}

func TestFrame(t *testing.T) {
	for frame, want := range []color.NRGBA{{}, {7, 7, 7, 255}} {
		answer, content := ask(t, "POST", "/?frame="+string(rune('0'+frame)), request(header, payload))
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "image/png" {
			t.Fatal(answer.Status, string(content))
		}
		m, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if got := color.NRGBAModel.Convert(m.At(1, 0)); got != want {
			t.Errorf("frame %d: %v instead of %v", frame, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, method, query string
		body                io.Reader
		status              int
		says                string
	}{
		{"fault", "POST", "/", request("{}", nil), 422, "missing"},
		{"short", "POST", "/", request(header, payload[:9]), 422, "ends before"},
		{"no number", "POST", "/?frame=x", request(header, payload), 400, `frame is "x"`},
		{"no such frame", "POST", "/?frame=2", request(header, payload), 404, "there are 2"},
		{"method", "GET", "/", nil, 405, ""},
		{"path", "POST", "/x", nil, 404, ""},
	} {
		answer, content := ask(t, c.method, c.query, c.body)
		if answer.StatusCode != c.status || !strings.Contains(string(content), c.says) {
			t.Errorf("%s: %s, %s", c.name, answer.Status, content)
		}
	}
}
