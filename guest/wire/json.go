package wire

// maxDepth bounds how deep values may be nested, and with it the stack.
const maxDepth = 64

// kind is the type of a JSON value.
type kind uint8

const (
	invalid kind = iota
	null
	boolean
	number
	text
	array
	object
)

// value is one JSON value. A whole number is in integer (clamped to ±maxInteger) and has whole set;
// true has integer 1; a short string of ASCII is in ascii, see parser.string.
type value struct {
	kind    kind
	whole   bool
	integer int64
	ascii   []byte
}

// maxInteger is where numbers are clamped: far above all that the header allows.
const maxInteger = 1 << 53

// parser reads RFC 8259 strictly and keeps nothing: values go to the caller as they come.
type parser struct {
	data []byte
	pos  int
	// scratch holds the resolved form of the newest key or string; longer ones match no known name.
	scratch [16]byte
}

func (p *parser) peek() byte {
	if p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

// take steps over c if it comes next.
func (p *parser) take(c byte) bool {
	if p.pos < len(p.data) && p.data[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) word(w string) bool {
	if len(p.data)-p.pos < len(w) || string(p.data[p.pos:p.pos+len(w)]) != w {
		return false
	}
	p.pos += len(w)
	return true
}

// value reads one value; an object or array is checked and skipped.
func (p *parser) value(depth int) value {
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if p.skip(depth) {
			if c == '{' {
				return value{kind: object}
			}
			return value{kind: array}
		}
	case c == '"':
		if s, ok := p.string(); ok {
			return value{kind: text, ascii: s}
		}
	case c == 't' && p.word("true"):
		return value{kind: boolean, integer: 1}
	case c == 'f' && p.word("false"):
		return value{kind: boolean}
	case c == 'n' && p.word("null"):
		return value{kind: null}
	case c == '-' || digit(c):
		return p.number()
	}
	return value{}
}

// skip checks an object or array that is depth levels down.
func (p *parser) skip(depth int) bool {
	if depth >= maxDepth {
		return false
	}
	end := byte(']')
	if p.data[p.pos] == '{' {
		end = '}'
	}
	p.pos++
	p.space()
	if p.take(end) {
		return true
	}
	for {
		p.space()
		if end == '}' {
			if _, ok := p.key(); !ok {
				return false
			}
		}
		if p.value(depth+1).kind == invalid {
			return false
		}
		p.space()
		if p.take(end) {
			return true
		}
		if !p.take(',') {
			return false
		}
	}
}

// key reads a member's name and the colon after it.
func (p *parser) key() ([]byte, bool) {
	if p.peek() != '"' {
		return nil, false
	}
	name, ok := p.string()
	p.space()
	ok = ok && p.take(':')
	p.space()
	return name, ok
}

// string reads a string. The result is valid until the next one is read, and nil for a string that
// is longer than scratch or not ASCII: no name that we know is either.
func (p *parser) string() ([]byte, bool) {
	n, plain := 0, true
	for p.pos++; p.pos < len(p.data); {
		c := p.data[p.pos]
		p.pos++
		r := uint32(c)
		switch {
		case c == '"':
			if !plain {
				return nil, true
			}
			return p.scratch[:n], true
		case c < ' ':
			return nil, false
		case c == '\\':
			var ok bool
			if r, ok = p.escape(); !ok {
				return nil, false
			}
		}
		if r >= 0x80 || n == len(p.scratch) {
			plain = false
			continue
		}
		p.scratch[n] = byte(r)
		n++
	}
	return nil, false
}

// escape reads what follows a backslash. Halves of surrogate pairs are as good as any non-ASCII.
func (p *parser) escape() (uint32, bool) {
	c := p.peek()
	p.pos++
	switch c {
	case '"', '\\', '/':
		return uint32(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		r := uint32(0)
		for i := 0; i < 4; i++ {
			h := uint32(p.peek())
			p.pos++
			switch {
			case digit(byte(h)):
				h -= '0'
			case h|0x20 >= 'a' && h|0x20 <= 'f':
				h = h | 0x20 - 'a' + 10
			default:
				return 0, false
			}
			r = r<<4 | h
		}
		return r, true
	}
	return 0, false
}

// number reads a number and resolves it exactly when it is whole, however it is spelled: 100, 1e2
// and 100.0 are the same.
func (p *parser) number() value {
	negative := p.take('-')
	if !digit(p.peek()) {
		return value{}
	}
	// The value is mantissa*10^scale; zeros at the mantissa's end are kept back, so that a whole
	// number is one whose scale comes out at zero or above.
	var mantissa, scale, zeros int64
	push := func(c byte) {
		if c == '0' {
			zeros++
			return
		}
		for ; zeros > 0; zeros-- {
			mantissa = clamp(mantissa * 10)
		}
		mantissa = clamp(mantissa*10 + int64(c-'0'))
	}
	if !p.take('0') {
		for ; digit(p.peek()); p.pos++ {
			push(p.data[p.pos])
		}
	}
	if p.take('.') {
		if !digit(p.peek()) {
			return value{}
		}
		for ; digit(p.peek()); p.pos++ {
			push(p.data[p.pos])
			scale--
		}
	}
	if p.take('e') || p.take('E') {
		down := p.take('-')
		if !down {
			p.take('+')
		}
		if !digit(p.peek()) {
			return value{}
		}
		exponent := int64(0)
		for ; digit(p.peek()); p.pos++ {
			exponent = clamp(exponent*10 + int64(p.data[p.pos]-'0'))
		}
		if down {
			exponent = -exponent
		}
		scale += exponent
	}
	scale += zeros
	if mantissa == 0 {
		return value{kind: number, whole: true}
	}
	if scale < 0 {
		return value{kind: number}
	}
	for ; scale > 0 && mantissa < maxInteger; scale-- {
		mantissa = clamp(mantissa * 10)
	}
	if negative {
		mantissa = -mantissa
	}
	return value{kind: number, whole: true, integer: mantissa}
}

func clamp(v int64) int64 {
	if v > maxInteger {
		return maxInteger
	}
	return v
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
