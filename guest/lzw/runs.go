//go:build !small

package lzw

import "wasmtrim/guest/word"

// maxRun is the longest run of one pixel that is known by its length.
const maxRun = 64

// runs are the codes of strings of one pixel, so that a run is looked up at once and not pixel by
// pixel. They grow with the dictionary, one pixel at a time.
type runs struct {
	codes [256][maxRun + 1]uint16
	// longest is the code of the longest string, length how long that is.
	longest [256]uint16
	length  [256]uint8
}

// renew forgets all strings but the pixels themselves.
func (r *runs) renew(pixels uint32) {
	for i := range r.longest[:pixels] {
		r.longest[i], r.length[i] = uint16(i), 1
	}
}

// ends tells whether a code and the pixel after it are a run, and the longest one known is the code.
func (r *runs) ends(code uint32, p byte) bool { return code == uint32(r.longest[p]) }

// add tells that such a run has got a code of its own.
func (r *runs) add(p byte, code uint32) {
	if n := r.length[p] + 1; n <= maxRun {
		r.codes[p][n], r.longest[p], r.length[p] = uint16(code), uint16(code), n
	}
}

// begins tells whether a run that is worth looking up begins at pixels[i].
func begins(pixels []byte, i int) bool {
	return i+8 <= len(pixels) && word.Load64(pixels, i) == word.Repeat(pixels[i])
}

// match is the length of the longest string that begins such a run, and its code.
func (r *runs) match(pixels []byte, i int) (n int, code uint32) {
	p := pixels[i]
	known := int(r.length[p])
	if known == 1 {
		return 1, uint32(p)
	}
	for n = 8; n < known && i+n < len(pixels) && pixels[i+n] == p; {
		n++
	}
	n = min(n, known)
	return n, uint32(r.codes[p][n])
}
