package wire

// maxDepth bounds how deep values may be nested, and with it the stack.
const maxDepth = 64

// value is one JSON value: a whole number, clamped to something from far to huge, which is beyond all
// that the header allows; over that, a word by its place, bare or as a string, or anything else.
type value int

const (
	far    value = 2_000_000_000
	huge         = far + 9
	object       = huge + '{'
	array        = huge + '['
	other        = huge + 1
	bare         = huge + 200
	text         = huge + 300
)

// parser reads RFC 8259 strictly. It keeps only the newest value, and of the outermost object the
// newest value of each key.
type parser struct {
	data  []byte
	pos   int
	value value
	// word is the newest string or bare word, escapes resolved; length is that of word, or over it if
	// the word is longer or not ASCII: none that we know is.
	word   [16]byte
	length int

	members [unknown + 1]value
}

// peek is the next byte, 0 at the end: no JSON has one.
func (p *parser) peek() byte {
	if uint(p.pos) < uint(len(p.data)) {
		return p.data[p.pos]
	}
	return 0
}

func (p *parser) next() byte {
	c := p.peek()
	p.pos++
	return c
}

// take skips a byte if it is the next.
func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

// token skips a byte if it is the next after white space.
func (p *parser) token(c byte) bool {
	p.space()
	return p.take(c)
}

func (p *parser) space() {
	for p.take(' ') || p.take('\t') || p.take('\n') || p.take('\r') {
	}
}

// document reads all of the data as one value.
func (p *parser) document() bool {
	if !p.parse(0) {
		return false
	}
	p.space()
	return p.pos == len(p.data)
}

// parse reads one value, depth levels down, with the space before it.
func (p *parser) parse(depth int) bool {
	p.space()
	switch c := p.next(); {
	case c == '{' || c == '[':
		ok := p.sequence(c+2, depth)
		p.value = huge + value(c)
		return ok
	case c == '"':
		ok := p.string()
		p.value = text + value(p.place())
		return ok
	case letter(c):
		for p.length = 0; letter(c); c = p.next() {
			p.add(c)
		}
		p.pos--
		place := p.place()
		p.value = bare + value(place)
		return place >= no && place < unknown
	}
	p.pos--
	return p.number()
}

// sequence reads the rest of an object or array up to its end.
func (p *parser) sequence(end byte, depth int) bool {
	if depth == maxDepth {
		return false
	}
	if p.token(end) {
		return true
	}
	for {
		key := 0
		if end == '}' {
			if !p.token('"') || !p.string() {
				return false
			}
			key = p.place()
			if !p.token(':') {
				return false
			}
		}
		if !p.parse(depth + 1) {
			return false
		}
		if depth == 0 {
			p.members[key] = p.value
		}
		if p.token(end) {
			return true
		}
		if !p.take(',') {
			return false
		}
	}
}

// place is that of the newest word among words.
func (p *parser) place() int {
	place, same := 0, 0
	for i := range len(words) {
		switch c := words[i]; {
		case c == ' ':
			if same == p.length {
				return place
			}
			place++
			same = 0
		case same < len(p.word) && p.word[same] == c:
			same++
		default:
			same = len(p.word) + 2
		}
	}
	return unknown
}

// add appends a character to the word.
func (p *parser) add(c byte) {
	if c < 0x80 && p.length < len(p.word) {
		p.word[p.length] = c
		p.length++
	} else {
		p.length = len(p.word) + 1
	}
}

// string reads the rest of a string into the word.
func (p *parser) string() bool {
	for p.length = 0; ; {
		c := p.next()
		if c == '"' {
			return true
		}
		if c < ' ' {
			return false
		}
		if c == '\\' {
			ok := false
			if c, ok = p.escape(); !ok {
				return false
			}
		}
		p.add(c)
	}
}

// escape reads what follows a backslash. All that isn't ASCII, or is no letter that a word has, is
// the same to us.
func (p *parser) escape() (byte, bool) {
	c := p.next()
	if c != 'u' {
		const known = `"\/bfnrt`
		for i := range len(known) {
			if c == known[i] {
				return 0x80, true
			}
		}
		return 0, false
	}
	r := 0
	for range 4 {
		h := p.next() - '0'
		if h > 9 {
			if h = (h + '0') | 0x20 - 'a'; h > 5 {
				return 0, false
			}
			h += 10
		}
		r = r<<4 | int(h)
	}
	return byte(min(r, 0x80)), true
}

// number reads a number and resolves it exactly when it is whole, however it is spelled: 100, 1e2
// and 100.0 are the same.
func (p *parser) number() bool {
	negative := p.take('-')
	from := p.pos
	// A number doesn't begin with 0, unless that is all.
	if !p.take('0') && !p.digits() {
		return false
	}
	places := p.pos - from
	if p.take('.') && !p.digits() {
		return false
	}
	to := p.pos
	if p.take('e') || p.take('E') {
		down := p.take('-')
		if !down {
			p.take('+')
		}
		from := p.pos
		if !p.digits() {
			return false
		}
		exponent := int(p.shifted(from, p.pos, p.pos-from))
		if down {
			exponent = -exponent
		}
		places += exponent
	}
	p.value = p.shifted(from, to, places)
	if negative && p.value <= huge {
		p.value = -p.value
	}
	return true
}

// digits reads at least one digit.
func (p *parser) digits() bool {
	from := p.pos
	for p.peek()-'0' < 10 {
		p.pos++
	}
	return p.pos > from
}

// shifted is the number whose digits lie in the given range with the point after so many of them.
func (p *parser) shifted(from, to, places int) value {
	v := value(0)
	for ; from < to || places > 0 && v > 0 && v < far; from++ {
		d := byte('0')
		if from < to {
			d = p.data[from]
		}
		switch {
		case d == '.':
			continue
		case places > 0:
			// No product is over 32 bits.
			v = min(v, far/10)*10 + value(d-'0')
		case d != '0':
			return other
		}
		places--
	}
	return v
}

func letter(c byte) bool { return c-'a' < 26 }
