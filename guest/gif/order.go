package gif

// order sorts the colours of the global table so that images of few colours have low indices, which
// take few bits: the colours that the image with the fewest ones draws come first, then those of the
// next. Only the frames that are known by now count, and of each only what differs from the one
// before; the first frame has all of its colours anyway.
func (e *Encoder) order(c *colours) *[256]uint8 {
	placed := &e.everything
	clear(placed[:])
	n := 0
	for i := 1; i < e.pending; i++ {
		e.mark(e.slot(i-1), e.slot(i))
	}
	for range e.pending - 1 {
		var best *frame
		fewest := 257
		for i := 1; i < e.pending; i++ {
			f := e.slot(i)
			left := 0
			for j, drawn := range f.draws {
				if drawn != 0 && !placed[j] {
					left++
				}
			}
			if f.colours.generation == c.generation && left > 0 && left < fewest {
				best, fewest = f, left
			}
		}
		if best == nil {
			break
		}
		for j := range c.n {
			if best.draws[j] != 0 {
				n = e.place(n, j)
			}
		}
	}
	for i := range c.n {
		n = e.place(n, i)
	}
	return &e.sorted
}

// place puts colour i next, behind the n that have a place, unless it has one; it gives their number
// then. A closure would be shorter, but TinyGo moves what it captures to the heap.
func (e *Encoder) place(n, i int) int {
	if e.everything[i] {
		return n
	}
	e.everything[i] = true
	e.sorted[n] = uint8(i)
	return n + 1
}

// mark notes which indices f has where it differs from the frame before.
func (e *Encoder) mark(before, f *frame) {
	clear(f.draws)
	for i, p := range f.pixels {
		if before.pixels[i] != p {
			f.draws[p] = 1
		}
	}
}
