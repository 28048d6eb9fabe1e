// Package quantize chooses a palette for a picture of any number of colours, and maps the picture to
// it.
//
// The colours are counted in cells of 5, 6 and 5 bits, whose means are points in CIE L*a*b*. The box
// of points with the largest squared error is cut in two at the mean of its longest axis, until there
// are as many boxes as colours; then Lloyd's algorithm moves the colours to where the points are
// that are nearest to them.
package quantize

import (
	"wasmtrim/guest/lab"
	"wasmtrim/guest/palette"
	"wasmtrim/guest/word"
)

const (
	cellBits = 16
	rounds   = 4
	// unknown is a cell whose nearest colour hasn't been looked for.
	unknown = -1
)

// Palette is a choice of colours.
type Palette struct {
	// Colours are the palette's, and Len how many.
	Colours [256]uint32
	Len     int

	places [256]lab.Colour
}

// Quantizer has the memory for pictures of one width.
type Quantizer struct {
	// Palette is the newest choice, spare the one before.
	*Palette
	spare *Palette

	cells   [1 << cellBits]cell
	points  []point
	boxes   []box
	sums    [256]point
	nearest [1 << cellBits]int16
	// errors are the dither's, for this row of pixels and the next, in 1/16 per channel.
	errors [2][]int32
}

// cell counts the pixels of similar colour.
type cell struct{ count, red, green, blue uint32 }

// point is what a cell's pixels have in common.
type point struct {
	place            lab.Colour
	weight           float64
	red, green, blue float64
	cell             uint16
	colour           uint8
}

// box is a range of points.
type box struct {
	from, to  int
	axis      int
	mean      float64 // on the axis
	deviation float64 // summed squares of the distances to the mean, over the axes
}

// New makes a quantizer.
func New(width int) *Quantizer {
	q := &Quantizer{Palette: new(Palette), spare: new(Palette)}
	q.points, q.boxes = make([]point, 0, 1<<cellBits), make([]box, 0, 256)
	q.errors = [2][]int32{make([]int32, 3*(width+2)), make([]int32, 3*(width+2))}
	return q
}

func index(pixel uint32) uint32 {
	return pixel>>3&31 | pixel>>10&63<<5 | pixel>>19&31<<11
}

// Choose takes the colours of a picture in RGBA and finds a palette of at most n for it. It keeps the
// palette that it has if that is nearly as good, so that still parts of an animation stay the same.
func (q *Quantizer) Choose(rgba []byte, n int) (kept bool) {
	q.count(rgba)
	before := q.assign()
	q.Palette, q.spare = q.spare, q.Palette
	q.cut(n)
	after := q.assign()
	for range rounds {
		q.move()
		after = q.assign()
	}
	if kept = q.spare.Len > 0 && before <= after*1.1; kept {
		q.Palette, q.spare = q.spare, q.Palette
		q.assign()
	}
	for i := range q.nearest {
		q.nearest[i] = unknown
	}
	for i := range q.points {
		q.nearest[q.points[i].cell] = int16(q.points[i].colour)
	}
	return kept
}

// count fills cells and points.
func (q *Quantizer) count(rgba []byte) {
	clear(q.cells[:])
	for i := 0; i < len(rgba); i += 4 {
		pixel := word.Load32(rgba, i)
		if pixel>>31 == 0 {
			continue
		}
		c := &q.cells[index(pixel)]
		c.count++
		c.red += pixel & 255
		c.green += pixel >> 8 & 255
		c.blue += pixel >> 16 & 255
	}
	q.points = q.points[:0]
	for i := range q.cells {
		c := &q.cells[i]
		if c.count == 0 {
			continue
		}
		n := float64(c.count)
		p := point{
			weight: n, cell: uint16(i),
			red: float64(c.red) / n, green: float64(c.green) / n, blue: float64(c.blue) / n,
		}
		p.place = lab.Of(uint8(p.red+0.5), uint8(p.green+0.5), uint8(p.blue+0.5))
		q.points = append(q.points, p)
	}
}

// cut makes n boxes of the points and a colour of each.
func (q *Quantizer) cut(n int) {
	boxes := append(q.boxes[:0], q.box(0, len(q.points)))
	for len(boxes) < n {
		worst := 0
		for i := range boxes {
			if boxes[i].deviation > boxes[worst].deviation {
				worst = i
			}
		}
		b := boxes[worst]
		if b.deviation <= 0 {
			break
		}
		middle := b.from
		for i := b.from; i < b.to; i++ {
			if axis(&q.points[i].place, b.axis) < b.mean {
				q.points[i], q.points[middle] = q.points[middle], q.points[i]
				middle++
			}
		}
		if middle == b.from {
			// All on one side: rounding, not error.
			boxes[worst].deviation = 0
			continue
		}
		boxes[worst] = q.box(b.from, middle)
		boxes = append(boxes, q.box(middle, b.to))
	}
	for i, b := range boxes {
		for j := b.from; j < b.to; j++ {
			q.points[j].colour = uint8(i)
		}
	}
	q.Len = len(boxes)
	q.move()
}

func axis(c *lab.Colour, i int) float64 {
	switch i {
	case 0:
		return c.L
	case 1:
		return c.A
	}
	return c.B
}

// box measures a range of points.
func (q *Quantizer) box(from, to int) box {
	b := box{from: from, to: to}
	largest := -1.0
	for i := range 3 {
		weight, sum, squares := 0.0, 0.0, 0.0
		for j := from; j < to; j++ {
			p := &q.points[j]
			v := axis(&p.place, i)
			weight += p.weight
			sum += p.weight * v
			squares += p.weight * v * v
		}
		if weight == 0 {
			continue
		}
		deviation := squares - sum*sum/weight
		if deviation > largest {
			largest, b.axis, b.mean = deviation, i, sum/weight
		}
		b.deviation += max(0, deviation)
	}
	if to-from < 2 {
		b.deviation = 0
	}
	return b
}

// move puts every colour to the mean of its points.
func (q *Quantizer) move() {
	clear(q.sums[:])
	for i := range q.points {
		p := &q.points[i]
		s := &q.sums[p.colour]
		s.weight += p.weight
		s.red += p.weight * p.red
		s.green += p.weight * p.green
		s.blue += p.weight * p.blue
	}
	for i := range q.Len {
		s := &q.sums[i]
		if s.weight == 0 {
			continue
		}
		r, g, b := uint32(s.red/s.weight+0.5), uint32(s.green/s.weight+0.5), uint32(s.blue/s.weight+0.5)
		q.Colours[i] = r | g<<8 | b<<16 | palette.Opaque
		q.places[i] = lab.Of(uint8(r), uint8(g), uint8(b))
	}
}

// assign gives every point to the nearest colour and returns the squared error.
func (q *Quantizer) assign() float64 {
	total := 0.0
	for i := range q.points {
		p := &q.points[i]
		colour, square := q.find(p.place)
		p.colour = colour
		total += p.weight * square
	}
	return total
}

func (q *Quantizer) find(place lab.Colour) (colour uint8, square float64) {
	square = 1e30
	for i := range q.Len {
		if d := lab.Square(place, q.places[i]); d < square {
			colour, square = uint8(i), d
		}
	}
	return colour, square
}

// at is the nearest colour's index.
func (q *Quantizer) at(pixel uint32) uint8 {
	n := &q.nearest[index(pixel)]
	if *n == unknown {
		colour, _ := q.find(lab.Of(uint8(pixel), uint8(pixel>>8), uint8(pixel>>16)))
		*n = int16(colour)
	}
	return uint8(*n)
}

// Map writes the index of the nearest colour for each pixel, and transparent for those whose alpha is
// under 128.
func (q *Quantizer) Map(dst, rgba []byte, transparent uint8) {
	for i := range dst {
		pixel := word.Load32(rgba, i*4)
		if dst[i] = transparent; pixel>>31 != 0 {
			dst[i] = q.at(pixel)
		}
	}
}

// Dither is Map with the error of each pixel handed to its neighbours as Floyd and Steinberg do.
func (q *Quantizer) Dither(dst, rgba []byte, transparent uint8, width int) {
	now, next := q.errors[0], q.errors[1]
	clear(now)
	for i := range dst {
		x := i % width
		if x == 0 && i > 0 {
			now, next = next, now
		}
		if x == 0 {
			clear(next)
		}
		pixel := word.Load32(rgba, i*4)
		if dst[i] = transparent; pixel>>31 == 0 {
			continue
		}
		var want [3]int32
		wanted := uint32(0)
		for c := range 3 {
			want[c] = max(0, min(255*16, int32(pixel>>(8*c)&255)*16+now[3*(x+1)+c]))
			wanted |= uint32(want[c]+8) >> 4 << (8 * c)
		}
		dst[i] = q.at(wanted)
		got := q.Colours[dst[i]]
		for c := range 3 {
			rest := want[c] - int32(got>>(8*c)&255)*16
			now[3*(x+2)+c] += rest * 7 / 16
			next[3*x+c] += rest * 3 / 16
			next[3*(x+1)+c] += rest * 5 / 16
			next[3*(x+2)+c] += rest / 16
		}
	}
}
