package wire

// maxDepth bounds how deep values may be nested, and with it the stack.
const maxDepth = 64

// What a value is: a whole number up to far, which stands for all above it, and from below, which
// stands for all under -1; or under that a word by its place, bare or as a string, or anything else.
const (
	far    = 2_000_000_000
	below  = -2
	other  = -3
	bare   = -50
	array  = -'['
	object = -'{'
	text   = -200
)

// parser reads RFC 8259 strictly. What is wrong moves it beyond the end, from where nothing leads back.
type parser struct {
	data []byte
	pos  int
	// into has the newest value of each key of the outermost object.
	into *Header
	// value is the newest one.
	value int
	// word is the newest string or bare word, see extend.
	word uint64
	// mantissa and zeros are the newest digits: a number, and how many zeros follow it.
	mantissa, zeros int
}

// Calls of fail and peek are smaller than what they do.
//
//go:noinline
func (p *parser) fail() { p.pos = len(p.data) + 1 }

// peek is the next byte, 0 at the end: no JSON has one.
//
//go:noinline
func (p *parser) peek() rune {
	if uint(p.pos) < uint(len(p.data)) {
		return rune(p.data[p.pos])
	}
	return 0
}

func (p *parser) next() rune {
	c := p.peek()
	p.pos++
	return c
}

// take skips a byte if it is the next.
func (p *parser) take(c rune) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

// token skips a byte if it is the next after white space.
func (p *parser) token(c rune) bool {
	p.space()
	return p.take(c)
}

// expect skips a byte that has to be the next after white space.
func (p *parser) expect(c rune) {
	if !p.token(c) {
		p.fail()
	}
}

func (p *parser) space() {
	for p.take(' ') || p.take('\t') || p.take('\n') || p.take('\r') {
	}
}

// document reads all of the data as one value.
func (p *parser) document() bool {
	p.parse(0)
	p.space()
	return p.pos == len(p.data)
}

// parse reads one value, depth levels down, with the space before it.
func (p *parser) parse(depth int) {
	p.space()
	switch c := p.peek(); {
	case c == '{' || c == '[':
		p.sequence(c+2, depth)
		p.value = -int(c)
	case c == '"':
		p.value = text + p.string()
	case letter(c):
		for p.word = 0; letter(c); c = p.peek() {
			p.word = extend(p.word, p.next())
		}
		place := p.place()
		if place < no || place == unknown {
			p.fail()
		}
		p.value = bare + place
	default:
		p.number()
	}
}

// sequence reads an object or array up to its end.
func (p *parser) sequence(end rune, depth int) {
	p.pos++
	if depth == maxDepth {
		p.fail()
	}
	if p.token(end) {
		return
	}
	for {
		key := unknown
		if end == '}' {
			key = p.string()
			p.expect(':')
		}
		p.parse(depth + 1)
		if depth == 0 && uint(key) < keys {
			p.into[key] = p.value
		}
		if !p.token(',') {
			p.expect(end)
			return
		}
	}
}

// string reads a string, escapes resolved, and returns its place among words.
func (p *parser) string() int {
	p.expect('"')
	p.word = 0
	for {
		c := p.next()
		if c == '"' {
			return p.place()
		}
		if c < ' ' {
			p.fail()
			return unknown
		}
		if c == '\\' {
			c = p.escape()
		}
		p.word = extend(p.word, c)
	}
}

// escape reads what follows a backslash. All that no word has is the same to us.
func (p *parser) escape() rune {
	c := p.next()
	if c == 'u' {
		r := rune(0)
		for range 4 {
			h := p.next()
			if !digit(h) {
				if h |= 0x20; uint(h-'a') > 5 {
					p.fail()
				}
				h -= 'a' - 10 - '0'
			}
			r = r<<4 | (h - '0')
		}
		return r
	}
	const known = '"' | '\\'<<8 | '/'<<16 | 'b'<<24 | 'f'<<32 | 'n'<<40 | 'r'<<48 | 't'<<56
	for k := uint64(known); k != 0; k >>= 8 {
		if rune(k&0xFF) == c {
			return 0
		}
	}
	p.fail()
	return 0
}

// place is that of the newest word among words.
func (p *parser) place() int {
	place, word := 0, uint64(0)
	for i := range len(words) {
		if words[i] != ' ' {
			word = extend(word, rune(words[i]))
			continue
		}
		if word == p.word {
			break
		}
		word = 0
		place++
	}
	return place
}

// extend adds a character to a word of small letters and -, five bits for each: all that are known fit.
// Another character or too many make it none, which it remains.
func extend(word uint64, c rune) uint64 {
	if c == '-' {
		c = 'z' + 1
	} else if !letter(c) {
		word = none
	}
	if word >= 1<<59 {
		return none
	}
	return word<<5 | uint64(c-'a'+1)
}

const none = 1<<64 - 1

func letter(c rune) bool { return uint32(c-'a') < 26 }

func digit(c rune) bool { return uint32(c-'0') < 10 }

// number reads a number and resolves it exactly when it is whole, however it is spelled: 100, 1e2
// and 100.0 are the same.
func (p *parser) number() {
	negative := p.take('-')
	p.mantissa, p.zeros = 0, 0
	// A number doesn't begin with 0, unless that is all.
	if !p.take('0') {
		p.digits()
	}
	point := p.pos
	if p.take('.') {
		point = p.pos
		p.digits()
	}
	p.value = p.mantissa
	zeros := p.zeros - (p.pos - point)
	if p.take('e') || p.take('E') {
		negative := p.take('-')
		if !negative {
			p.take('+')
		}
		p.mantissa, p.zeros = 0, 0
		p.digits()
		exponent := scaled(p.mantissa, p.zeros)
		if negative {
			exponent = -exponent
		}
		zeros += exponent
	}
	if p.value == 0 {
		return
	}
	p.value = scaled(p.value, zeros)
	if negative {
		p.value = max(-p.value, below)
	}
	if zeros < 0 {
		p.value = other
	}
}

// digits reads at least one digit.
func (p *parser) digits() {
	for more := false; ; more = true {
		c := p.peek()
		if !digit(c) {
			if !more {
				p.fail()
			}
			return
		}
		p.pos++
		p.zeros++
		if c != '0' {
			p.mantissa = min(scaled(p.mantissa, p.zeros)+int(c-'0'), far)
			p.zeros = 0
		}
	}
}

// scaled is a number with so many zeros after it, at most far.
func scaled(n, zeros int) int {
	for ; zeros > 0 && n > 0 && n < far; zeros-- {
		n = min(n, far/10) * 10
	}
	return n
}
