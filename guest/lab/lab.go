// Package lab measures how different two colours look, in CIE 1976 L*a*b*.
package lab

import "math"

// Colour is a colour in L*a*b* under illuminant D65: L from 0 to 100, A and B roughly ±100.
type Colour struct{ L, A, B float64 }

// JustNoticeable is the CIE76 difference from which on people see one.
const JustNoticeable = 2.3

// The reference white of sRGB (IEC 61966-2-1, D65, 2 degrees) in XYZ.
const whiteX, whiteY, whiteZ = 0.95047, 1.0, 1.08883

// linear undoes sRGB's transfer function for each value of a channel.
var linear [256]float64

// It is filled in place: an array that a function returns is copied by hundreds of instructions.
func init() {
	for i := range linear {
		v := float64(i) / 255
		if v <= 0.04045 {
			linear[i] = v / 12.92
		} else {
			v = (v + 0.055) / 1.055
			linear[i] = v * v * power04(v)
		}
	}
}

// Of converts from sRGB, 8 bits a channel.
func Of(red, green, blue uint8) Colour {
	r, g, b := linear[red], linear[green], linear[blue]
	x := f((0.4124564*r + 0.3575761*g + 0.1804375*b) / whiteX)
	y := f((0.2126729*r + 0.7151522*g + 0.0721750*b) / whiteY)
	z := f((0.0193339*r + 0.1191920*g + 0.9503041*b) / whiteZ)
	return Colour{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// f is the cube root with a straight beginning (CIE 15:2004, 8.2.1.1).
func f(t float64) float64 {
	const e = 6.0 / 29
	if t > e*e*e {
		return root3(t)
	}
	return t/(3*e*e) + 4.0/29
}

// root3 is the cube root of a number above zero: a guess from a third of its exponent, made exact by
// Newton's method. The standard library's is exact, too, but several times the size.
func root3(t float64) float64 {
	r := math.Float64frombits(math.Float64bits(t)/3 + 0x2A9F7893782DA1CE)
	for range 4 {
		r -= (r*r*r - t) / (3 * r * r)
	}
	return r
}

// power04 is t to the power of 0.4, the square of its fifth root, for t from 0 to 1.
func power04(t float64) float64 {
	r := 1.0
	for range 30 {
		r -= (r*r*r*r*r - t) / (5 * r * r * r * r)
	}
	return r * r
}

// Distance is the difference ΔE*ab of CIE 1976.
func Distance(a, b Colour) float64 { return math.Sqrt(Square(a, b)) }

// Square is the square of Distance.
func Square(a, b Colour) float64 {
	l, m, n := a.L-b.L, a.A-b.A, a.B-b.B
	return l*l + m*m + n*n
}
