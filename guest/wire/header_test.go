package wire

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"wasmtrim/guest/fault"
)

const size = `"width":4,"height":3,"frames":2`

func TestHeader(t *testing.T) {
	var h Header
	problem := h.Parse([]byte(` { "delay" : 85, "pixels":"indexed", "colours": 16, "transparent": 0,
		"effort":2, "memory":1e6, "clock":true, "dither":true, "merge":false, ` + size + `} `))
	want := Header{
		Width: 4, Height: 3, Frames: 2, Delay: 85, Memory: 1000000, Colours: 16, Effort: Best,
		Pixels: Indexed, Clock: 1, Dither: 1,
	}
	if problem != fault.None || h != want {
		t.Fatal(h, problem)
	}
}

func TestDefaults(t *testing.T) {
	var h Header
	problem := h.Parse([]byte(`{` + size + `}`))
	want := Header{
		Width: 4, Height: 3, Frames: 2, Delay: 100, Colours: 256, Transparent: -1, Effort: Default,
	}
	if problem != fault.None || h != want {
		t.Fatal(h, problem)
	}
}

func TestVerdicts(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, c := range []struct {
		json string
		want fault.Fault
	}{
		{`{` + size + `,"unknown":{"width":9,"a":[1,"x",null,{}]}}`, fault.None},
		{`{"width":0,` + size + `}`, fault.None},
		{`{` + size + `,"width":0}`, fault.MissingSize},
		{`{"w\u0069dth":4,"height":3,"frames":2}`, fault.None},
		{`{"Width":4,"height":3,"frames":2}`, fault.MissingSize},
		{`{"width":4.0,"height":30e-1,"frames":0.2E+1}`, fault.None},
		{`{"width":4.5,"height":3,"frames":2}`, fault.BadOption},
		{`{"width":"4","height":3,"frames":2}`, fault.BadOption},
		{`{"width":null,"height":3,"frames":2}`, fault.BadOption},
		{`{"width":-4,"height":3,"frames":2}`, fault.MissingSize},
		{`{"width":65536,"height":1,"frames":2}`, fault.TooLarge},
		{`{"width":1e999999999999,"height":1,"frames":2}`, fault.TooLarge},
		{`{"width":65535,"height":257,"frames":2}`, fault.TooLarge},
		{`{"width":65535,"height":256,"frames":2}`, fault.None},
		{`{"width":1,"height":1,"frames":1000000001}`, fault.TooLarge},
		{`{` + size + `,"delay":655350}`, fault.None},
		{`{` + size + `,"delay":655351}`, fault.DelayRange},
		{`{` + size + `,"delay":-1}`, fault.DelayRange},
		{`{` + size + `,"delay":-0}`, fault.None},
		{`{` + size + `,"effort":3}`, fault.BadOption},
		{`{` + size + `,"pixels":"rgb"}`, fault.BadOption},
		{`{` + size + `,"pixels":"indexed","colours":4,"transparent":4}`, fault.BadOption},
		{`{` + size + `,"x":` + deep(63) + `}`, fault.None},
		{`{` + size + `,"x":` + deep(64) + `}`, fault.BadJSON},
		{`{` + size + `,}`, fault.BadJSON},
		{`{` + size + `} x`, fault.BadJSON},
		{`{` + size, fault.BadJSON},
		{`{"width":04,"height":3,"frames":2}`, fault.BadJSON},
		{`[]`, fault.BadJSON},
		{`null`, fault.BadJSON},
		{``, fault.BadJSON},
		{"{\"a\n\":1," + size + `}`, fault.BadJSON},
		{`{"\x":1,` + size + `}`, fault.BadJSON},
	} {
		if problem := new(Header).Parse([]byte(c.json)); problem != c.want {
			t.Errorf("%s: %v instead of %v", c.json, problem, c.want)
		}
	}
}

func TestSize(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		n    int
		want fault.Fault
	}{
		{[]byte{1, 0, 0, 0}, 1, fault.None},
		{[]byte{0, 0, 1, 0}, 65536, fault.None},
		{[]byte{1, 0, 1, 0}, 0, fault.HeaderSize},
		{[]byte{0, 0, 0, 0}, 0, fault.HeaderSize},
		{[]byte{255, 255, 255, 255}, 0, fault.HeaderSize},
	} {
		if n, problem := Size(c.b); n != c.n || problem != c.want {
			t.Errorf("%v: %d, %v", c.b, n, problem)
		}
	}
}

func TestDelaysAreRounded(t *testing.T) {
	for ms, want := range map[int]int{0: 0, 4: 0, 5: 1, 14: 1, 15: 2, 84: 8, 85: 9, MaxDelay: 65535} {
		if got := Centiseconds(ms); got != want {
			t.Errorf("%d ms are %d hundredths instead of %d", ms, got, want)
		}
	}
}

// FuzzParse holds the parser against encoding/json: the same verdict, and the same values.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"frames":3,"delay":100,"width":64,"height":48}`,
		`{"width":1e1,"height":0.5e1,"frames":100e-2,"x":[{"\u0041\ud800":"\n"},-0.0e-9,[]]}`,
		`{"width":1,"width":2,"height":-3,"frames":"\"","pixels":"ind\u0065xed"}`,
		`{"a":[true,false,null,{"b":{}}]} `, `{"width":1.}`, `[1,2`, `{"é":"ÿ\xff"}`, `"\u12"`, `01`, `-`,
		`{"clock":true,"merge":null,"memory":12345678901234567890}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var h Header
		p := parser{data: data, into: &h}
		ok := p.document()
		valid := json.Valid(data)
		if depth(data) > maxDepth {
			// The one difference that is meant.
			if ok {
				t.Fatalf("%q is nested too deep", data)
			}
			return
		}
		if ok != valid {
			t.Fatalf("%q: %v, by encoding/json %v", data, ok, valid)
		}
		if !ok || p.value != object {
			return
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var members map[string]any
		if err := d.Decode(&members); err != nil {
			t.Fatal(err)
		}
		for k, name := range strings.Fields(words)[:keys] {
			if v, there := members[name]; there {
				if got, want := h[k], expected(v); got != want {
					t.Fatalf("%q: %s is %v instead of %v", data, name, got, want)
				}
			}
		}
	})
}

// expected is the value that a value of encoding/json is for the parser.
func expected(v any) int {
	known := strings.Fields(words)
	switch v := v.(type) {
	case nil:
		return bare + no + 2
	case bool:
		if v {
			return bare + yes
		}
		return bare + no
	case string:
		if k := slices.Index(known, v); k >= 0 {
			return text + k
		}
		return text + unknown
	case []any:
		return array
	case map[string]any:
		return object
	}
	return numeral(string(v.(json.Number)))
}

// numeral resolves a number by big arithmetic; exponents beyond all reason by their sign.
func numeral(s string) int {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	m, _ := new(big.Rat).SetString(mantissa)
	e, _ := new(big.Int).SetString("0"+strings.TrimLeft(exponent, "+-"), 10)
	if strings.HasPrefix(exponent, "-") {
		e.Neg(e)
	}
	if m.Sign() == 0 {
		return 0
	}
	limit := big.NewInt(int64(len(s)) + 20)
	if e.CmpAbs(limit) > 0 {
		e.Mul(limit, big.NewInt(int64(e.Sign())))
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), new(big.Int).Abs(e), nil))
	if e.Sign() < 0 {
		power.Inv(power)
	}
	if m.Mul(m, power); !m.IsInt() {
		return other
	}
	switch m := m.Num(); {
	case m.Cmp(big.NewInt(far)) > 0:
		return far
	case m.Cmp(big.NewInt(below)) < 0:
		return below
	default:
		return int(m.Int64())
	}
}

// depth is how deep arrays and objects are nested outside of strings.
func depth(data []byte) (most int) {
	now, inside := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			inside = !inside
		case c == '\\' && inside:
			i++
		case inside:
		case c == '[' || c == '{':
			now++
			most = max(most, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return most
}
