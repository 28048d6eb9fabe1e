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
var linear = func() (t [256]float64) {
	for i := range t {
		v := float64(i) / 255
		if v <= 0.04045 {
			t[i] = v / 12.92
		} else {
			t[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return t
}()

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
		return math.Cbrt(t)
	}
	return t/(3*e*e) + 4.0/29
}

// Distance is the difference ΔE*ab of CIE 1976.
func Distance(a, b Colour) float64 { return math.Sqrt(Square(a, b)) }

// Square is the square of Distance.
func Square(a, b Colour) float64 {
	l, m, n := a.L-b.L, a.A-b.A, a.B-b.B
	return l*l + m*m + n*n
}
