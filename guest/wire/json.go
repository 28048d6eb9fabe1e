package wire

// maxDepth bounds how deep values may be nested, and with it the stack.
const maxDepth = 64

// kind is the type of a JSON value.
type kind uint8

const (
	missing kind = iota
	null
	boolean
	number   // a whole one
	fraction // any other number
	text
	array
	object
)

// value is one JSON value: a number, 1 for true, or what a short text of ASCII stands for. Numbers
// are clamped to ±huge, which is beyond all that the header allows.
type value struct {
	kind    kind
	integer int
}

const huge = 2_000_000_000

// parser reads RFC 8259 strictly. It keeps only the newest value, and of the outermost object the
// newest value of each key.
type parser struct {
	data []byte
	pos  int

	value
	members [unknown + 1]value

	// text is the newest string after its escapes are resolved; length is that of text, or over it if
	// the string is longer or not ASCII: no name that we know is.
	text   [16]byte
	length int
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

func (p *parser) space() {
	for {
		switch p.peek() {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) rest(word string) bool {
	for i := range len(word) {
		if p.next() != word[i] {
			return false
		}
	}
	return true
}

// parse reads one value, depth levels down, with the space around it.
func (p *parser) parse(depth int) bool {
	p.space()
	ok := false
	v := value{}
	switch c := p.next(); c {
	case '{':
		v.kind, ok = object, p.sequence(c+2, depth)
	case '[':
		v.kind, ok = array, p.sequence(c+2, depth)
	case '"':
		ok = p.string()
		v = value{text, p.meaning(texts[:])}
	case 't':
		v, ok = value{boolean, 1}, p.rest("rue")
	case 'f':
		v, ok = value{boolean, 0}, p.rest("alse")
	case 'n':
		v, ok = value{null, 0}, p.rest("ull")
	default:
		p.pos--
		ok = p.number()
		v = p.value
	}
	p.value = v
	p.space()
	return ok
}

// sequence reads the rest of an object or array up to its end.
func (p *parser) sequence(end byte, depth int) bool {
	if depth == maxDepth {
		return false
	}
	p.space()
	if p.peek() == end {
		p.pos++
		return true
	}
	for {
		key := unknown
		if end == '}' {
			p.space()
			if p.next() != '"' || !p.string() {
				return false
			}
			if depth == 0 {
				key = p.meaning(names[:])
			}
			p.space()
			if p.next() != ':' {
				return false
			}
		}
		if !p.parse(depth + 1) {
			return false
		}
		p.members[key] = p.value
		switch p.next() {
		case end:
			return true
		case ',':
		default:
			return false
		}
	}
}

// meaning is the place of the newest string among names; after them if it isn't there.
func (p *parser) meaning(names []string) int {
	for i, name := range names {
		if p.length == len(name) && string(p.text[:len(name)]) == name {
			return i
		}
	}
	return len(names)
}

// string reads the rest of a string into text.
func (p *parser) string() bool {
	p.length = 0
	for {
		c := int(p.next())
		switch {
		case c == '"':
			return true
		case c < ' ':
			return false
		case c == '\\':
			if c = p.escape(); c < 0 {
				return false
			}
		}
		if c < 0x80 && p.length < len(p.text) {
			p.text[p.length] = byte(c)
			p.length++
		} else {
			p.length = len(p.text) + 1
		}
	}
}

// escape reads what follows a backslash, -1 if nothing may. Halves of surrogate pairs are as good as
// any non-ASCII.
func (p *parser) escape() int {
	c := p.next()
	if c == 'u' {
		r := 0
		for range 4 {
			h := int(p.next())
			switch {
			case digit(byte(h)):
				h -= '0'
			case h|0x20 >= 'a' && h|0x20 <= 'f':
				h = h | 0x20 - 'a' + 10
			default:
				return -1
			}
			r = r<<4 | h
		}
		return r
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	for i := range len(from) {
		if c == from[i] {
			return int(to[i])
		}
	}
	return -1
}

// number reads a number and resolves it exactly when it is whole, however it is spelled: 100, 1e2
// and 100.0 are the same.
func (p *parser) number() bool {
	negative := p.sign('-')
	// The value is mantissa*10^scale. Zeros at the mantissa's end are kept back, so that a whole number
	// is one whose scale comes out at zero or above.
	mantissa, scale, zeros := 0, 0, 0
	for part := 0; ; part++ {
		start := p.pos
		for ; digit(p.peek()); p.pos++ {
			// A number doesn't begin with 0, unless that is all.
			if part == 0 && p.pos > start && p.data[start] == '0' {
				return false
			}
			scale -= part
			if zeros++; p.peek() == '0' {
				continue
			}
			for ; zeros > 0; zeros-- {
				mantissa = shift(mantissa, 0)
			}
			mantissa = min(mantissa+int(p.peek()-'0'), huge)
		}
		if p.pos == start {
			return false
		}
		if part == 1 || p.peek() != '.' {
			break
		}
		p.pos++
	}
	scale += zeros
	if p.peek()|0x20 == 'e' {
		p.pos++
		down := p.sign('-')
		if !down {
			p.sign('+')
		}
		start, exponent := p.pos, 0
		for ; digit(p.peek()); p.pos++ {
			exponent = shift(exponent, int(p.peek()-'0'))
		}
		if p.pos == start {
			return false
		}
		if down {
			exponent = -exponent
		}
		scale += exponent
	}
	if mantissa != 0 && scale < 0 {
		p.value = value{kind: fraction}
		return true
	}
	for ; scale > 0 && mantissa > 0 && mantissa < huge; scale-- {
		mantissa = shift(mantissa, 0)
	}
	if negative {
		mantissa = -mantissa
	}
	p.value = value{number, mantissa}
	return true
}

// shift appends a decimal digit.
func shift(v, digit int) int {
	if v > huge/10-1 {
		return huge
	}
	return v*10 + digit
}

func (p *parser) sign(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

func digit(c byte) bool { return c-'0' < 10 }
