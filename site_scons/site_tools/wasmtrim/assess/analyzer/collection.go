package main

import (
	"cmp"
	"maps"
	"slices"
)

// collection keeps each finding once: of a place where it is direct, else of an entry point into
// Go's library by the shortest way, a certain one first.
type collection struct {
	most    int
	leftOut int
	byKey   map[key]*Finding
}

type key struct {
	rule, symbol, file string
	line               int
	direct             bool
}

func newCollection(most int) *collection { return &collection{most: most, byKey: map[key]*Finding{}} }

func (c *collection) add(f Finding, platform string) {
	k := key{rule: f.Rule, symbol: f.Symbol, direct: f.Direct}
	if f.Direct {
		k.file, k.line = f.File, f.Line
	} else if len(f.Path) > 0 && f.Path[0].Line == 0 {
		k.file = f.Package // cgo: once for each package
	}
	if f.Path == nil {
		f.Path = []Frame{}
	}
	f.Platforms = []string{}
	known := c.byKey[k]
	if known == nil {
		if len(c.byKey) == c.most {
			c.leftOut++
			return
		}
		known = &f
		c.byKey[k] = known
	} else if f.Certain && !known.Certain || f.Certain == known.Certain && len(f.Path) < len(known.Path) {
		f.Platforms = known.Platforms
		*known = f
	}
	if platform != "" && !slices.Contains(known.Platforms, platform) {
		known.Platforms = append(known.Platforms, platform)
	}
}

func (c *collection) sorted() ([]Finding, int) {
	list := []Finding{}
	for _, f := range c.byKey {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line),
			cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Symbol, y.Symbol),
			cmp.Compare(x.Package, y.Package))
	})
	return list, c.leftOut
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
