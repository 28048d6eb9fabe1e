package lzw

// Attempt says how Search goes about it.
type Attempt struct {
	// Patience is how long a full dictionary is kept, see Encoder.Greedy.
	Patience int
	// Ahead is how many shorter matches are tried for the sake of the match after them.
	Ahead int
}

const (
	// maxStates is how many codes are followed at once where pixels leave a choice.
	maxStates = 16
	// remembered is of how many of a match's last lengths the codes are kept.
	remembered = 16
)

// search is the state of one Search.
type search struct {
	d        *dictionary
	one, two []byte
	// top is the highest pixel that has a code; two may have others, which don't count.
	top byte
	// codes has the codes of the newest match's last lengths, by length modulo their number.
	codes, best [remembered]uint16
	// width is that of the next code, bits the size of all so far.
	width uint
	bits  int
	// states are the codes that match so far, and those that match one pixel more.
	states [2][maxStates]uint16
}

// Search compresses one image harder than Greedy does. Every pixel may be the byte of either slice,
// which gives longer matches, and shorter matches are taken where the next one gains more than they
// lose. It returns the data's size in bits, and writes it only if write is set.
func (e *Encoder) Search(one, two []byte, bits uint, a *Attempt, write bool) int {
	w, d := &e.Writer, &e.dictionary
	if write {
		w.Put(uint32(bits), 1)
		w.open()
	}
	s := &e.search
	s.d, s.one, s.two, s.top = d, one, two, byte(1<<bits-1)
	reset := uint32(1) << bits
	for i := range d.first[:reset] {
		d.first[i] = byte(i)
	}
	const none = maxCodes
	var (
		next, wider      = reset + 2, reset << 1
		last             = uint32(none) // the code before this one
		start, startBits = 0, 0         // where the dictionary was new
		watch            trial
	)
	s.width, s.bits = bits+1, 0
	e.emit(reset, write)
	d.renew()
	for i := 0; i < len(one); {
		// The decoder makes an entry of the last code and the first pixel of this one. While this
		// one isn't known, the entry counts as if it began as the last did: only then can this code
		// be the entry itself.
		growing := last != none && next < maxCodes
		guessed := false
		if growing {
			if next == wider {
				s.width++
				wider <<= 1
			}
			guessed = d.extend(last, d.first[last], next)
		}
		code, length := s.match(i, a.Ahead, next == maxCodes)
		if growing {
			if p := d.first[code]; p != d.first[last] {
				if guessed {
					d.remove(next)
				}
				d.extend(last, p, next)
			}
			next++
		}
		e.emit(code, write)
		last = code
		i += length
		if next < maxCodes {
			continue
		}
		if !watch.full {
			watch.fill(i-start, s.bits-startBits)
		}
		if watch.worse(length, a.Patience) && i < len(one) {
			e.emit(reset, write)
			d.renew()
			next, wider, last = reset+2, reset<<1, none
			start, startBits, watch = i, s.bits, trial{}
			s.width = bits + 1
		}
	}
	if next == wider && last != none && next < maxCodes {
		s.width++
	}
	e.emit(reset+1, write)
	if write {
		w.close()
	}
	return s.bits
}

func (e *Encoder) emit(code uint32, write bool) {
	e.search.bits += int(e.search.width)
	if write {
		e.code(code, e.search.width)
	}
}

// extend adds an entry unless the dictionary has one for the same pixels.
func (d *dictionary) extend(code uint32, p byte, both uint32) bool {
	if _, ok := d.find(code, p); ok {
		return false
	}
	d.add(code, p, both)
	return true
}

// match chooses the code for the pixels from i on. A match that is cut short adds nothing to the
// dictionary, so while that grows a shorter one has to gain two pixels rather than one.
func (s *search) match(i, ahead int, full bool) (code uint32, length int) {
	length = s.longest(i)
	code = uint32(s.codes[length%remembered])
	if ahead == 0 || length == 1 || i+length == len(s.one) {
		return code, length
	}
	copy(s.best[:], s.codes[:])
	most := length + s.longest(i+length)
	if !full {
		most++
	}
	longest := length
	for shorter := longest - 1; shorter > 0 && shorter >= longest-ahead; shorter-- {
		if reach := shorter + s.longest(i+shorter); reach > most {
			code, length, most = uint32(s.best[shorter%remembered]), shorter, reach
		}
	}
	return code, length
}

// at is what pixel i may be.
func (s *search) at(i int) (byte, byte) {
	if s.two[i] > s.top {
		return s.one[i], s.one[i]
	}
	return s.one[i], s.two[i]
}

// longest is the length of the longest match of the pixels from i on, and leaves codes for it.
func (s *search) longest(i int) int {
	now, then := s.states[0][:], s.states[1][:]
	a, b := s.at(i)
	now[0], now[1] = uint16(a), uint16(b)
	states := 1
	if a != b {
		states = 2
	}
	for length := 1; ; length++ {
		s.codes[length%remembered] = now[0]
		if i++; i == len(s.one) {
			return length
		}
		a, b = s.at(i)
		found := 0
		for _, code := range now[:states] {
			if c, ok := s.d.find(uint32(code), a); ok && found < maxStates {
				then[found] = uint16(c)
				found++
			}
			if a == b {
				continue
			}
			if c, ok := s.d.find(uint32(code), b); ok && found < maxStates {
				then[found] = uint16(c)
				found++
			}
		}
		if found == 0 {
			return length
		}
		now, then, states = then, now, found
	}
}
