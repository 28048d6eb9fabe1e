package lzw

import "math/bits"

// maxStates is how many codes are followed at once where pixels leave a choice.
const maxStates = 16

// none is no code.
const none = maxCodes

// search is the state of one Search.
type search struct {
	// top is the highest pixel that has a code.
	top byte
	// write tells whether codes are written, or only counted: size is how many bits they have.
	write bool
	size  int
	// next is the code of the next entry.
	next uint32
	// matched is the code of the newest match.
	matched uint32
	// states are the codes that match so far, and those that match one pixel more.
	states [2][maxStates]uint32
}

// Search compresses one image harder than Greedy does. Every pixel may be the byte of Pixels or of
// Alternatives, which gives longer matches, and up to so many shorter matches ahead are tried, which are taken where the
// next one gains more than they lose. Patience is how long a full dictionary is kept, see Greedy. It
// returns the data's size in bits, and writes it only if write is set.
//
// Far from the beginning of a caller's struct each of its fields would cost more bytes.
//
//go:noinline
func (e *Encoder) Search(patience, ahead int, write bool) int {
	reset := uint32(1) << (e.Width & 31)
	e.top, e.write, e.size, e.next = byte(reset-1), write, 0, reset
	e.trial.noise = false
	for i := range e.first[:256] {
		e.first[i] = byte(i)
	}
	if write {
		e.Put(uint32(e.Width), 1)
		e.open()
	}
	for i := 0; i < len(e.Pixels); {
		e.emit(reset)
		e.renew()
		// The first code makes an entry, too, that of the code reset+1, which nothing looks up.
		last := reset
		e.next = reset + 1
		e.trial.begin(i, e.size)
		for i < len(e.Pixels) {
			// The decoder makes an entry of the last code and the first pixel of this one. While this
			// one isn't known, the entry counts as if it began as the last did: only then can this code
			// be the entry itself.
			guess := e.first[last%maxCodes]
			e.extend(last, guess)
			i += e.match(i, ahead)
			code := e.matched
			if p := e.first[code%maxCodes]; p != guess && e.next < maxCodes {
				e.keys[e.next%maxCodes] = 0
				e.extend(last, p)
			}
			e.emit(code)
			last = code
			if e.next < maxCodes {
				e.next++
			}
			if e.next == maxCodes && e.trial.worse(i, e.size, patience) || e.trial.vain(e.next, reset, i) {
				break
			}
		}
	}
	e.emit(reset + 1)
	if write {
		e.close()
	}
	return e.size
}

func (e *Encoder) emit(code uint32) {
	width := uint(min(maxWidth, bits.Len32(e.next)))
	e.size += int(width)
	if e.write {
		e.code(code, width)
	}
}

// extend gives the next code to a code and the pixel after it, unless they have one or none is left.
func (e *Encoder) extend(code uint32, p byte) {
	if e.next < maxCodes && e.find(code, p) == none {
		e.add(code, p, e.next)
	}
}

// match chooses the code for the pixels from i on and returns how many they are. A match that is cut
// short adds nothing to the dictionary, so while that grows a shorter one has to gain two pixels rather
// than one.
func (e *Encoder) match(i, ahead int) int {
	length := e.longest(i)
	if ahead == 0 {
		return length
	}
	best, code := e.matched, e.matched
	most := length + e.longest(i+length)
	if e.next < maxCodes {
		most++
	}
	for n := length - 1; n > 0 && ahead > 0; n-- {
		code = e.keys[code%maxCodes]
		if reach := n + e.longest(i+n); reach > most {
			best, length, most = code%maxCodes, n, reach
		}
		ahead--
	}
	e.matched = best
	return length
}

// longest is the length of the longest match of the pixels from i on.
func (e *Encoder) longest(i int) int {
	now, then := &e.states[0], &e.states[1]
	now[0] = none
	n := 1
	for length := 0; ; length++ {
		found := 0
		if at := i + length; at < len(e.Pixels) {
			one, two := e.Pixels[at], e.Alternatives[at]
			if two > e.top {
				two = one
			}
			for _, code := range now[:n] {
				for p := one; ; p = two {
					if c := e.find(code, p); c != none && found < maxStates {
						then[found] = c
						found++
					}
					if p == two {
						break
					}
				}
			}
		}
		if found == 0 {
			return length
		}
		e.matched = then[0]
		now, then, n = then, now, found
	}
}
