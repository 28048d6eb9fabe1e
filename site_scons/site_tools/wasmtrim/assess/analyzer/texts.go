package main

import (
	"go/constant"
	"go/token"
	"path"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"
)

// unknown stands in a text for what is only known when the program runs.
const unknown = "\x00"

// A text is followed back to its parts for so many steps, and read for so many bytes: a stranger may
// have made it as long as he liked.
const (
	mostSteps = 200
	mostBytes = 4096
)

// joins are the functions whose result is a path of their arguments.
var joins = map[string]bool{"path.Join": true, "path/filepath.Join": true}

// built looks at a text that is built of parts: a concatenation, a joined path, a formatted text.
func (a *analysis) built(fn *ssa.Function, at token.Pos, value ssa.Value) {
	switch v := value.(type) {
	case *ssa.BinOp:
		if v.Op != token.ADD {
			return
		}
	case *ssa.Call:
	default:
		return
	}
	if a.partOf(value) == nil {
		a.text(fn, at, a.known(value))
	}
}

// written looks at a text in the source, unless it is a part of one that `built` looks at.
func (a *analysis) written(fn *ssa.Function, instruction ssa.Instruction, text string) {
	if whole, ok := instruction.(*ssa.BinOp); ok && a.isBuilt(whole) {
		return
	}
	at := instruction.Pos()
	if call := takes(instruction); call != nil {
		if a.isBuilt(call) {
			return
		}
		at = call.Pos()
	}
	a.text(fn, at, text)
}

// text applies the rules for paths to a text that the program has, or builds.
func (a *analysis) text(fn *ssa.Function, at token.Pos, text string) {
	a.below(text, func(rule, shown string) { a.use(fn, at, rule, shown) })
}

// below tells the rules for the folders that a path is in.
func (a *analysis) below(text string, tell func(rule, shown string)) {
	for _, folder := range sortedKeys(a.Paths) {
		if text == folder || strings.HasPrefix(text, folder+"/") {
			tell(a.Paths[folder], shown(text))
		}
	}
}

// isBuilt tells a value that `built` knows the beginning of.
func (a *analysis) isBuilt(value ssa.Value) bool {
	text := a.known(value)
	return text != "" && !strings.HasPrefix(text, unknown)
}

// partOf gives the text that a value is a part of, where that is known to be built of it.
func (a *analysis) partOf(value ssa.Value) ssa.Value {
	if value.Referrers() == nil {
		return nil
	}
	for _, user := range *value.Referrers() {
		if whole, ok := user.(*ssa.BinOp); ok && whole.Op == token.ADD && a.isBuilt(whole) {
			return whole
		}
		if call := takes(user); call != nil && a.isBuilt(call) {
			return call
		}
	}
	return nil
}

// takes gives the call that an instruction hands its value to: among variable arguments, which are
// stored in an array, or made an interface first.
func takes(instruction ssa.Instruction) *ssa.Call {
	for range 10 {
		var next *[]ssa.Instruction
		switch i := instruction.(type) {
		case *ssa.Call:
			return i
		case *ssa.MakeInterface:
			next = i.Referrers()
		case *ssa.Slice:
			next = i.Referrers()
		case *ssa.Store:
			at, ok := i.Addr.(*ssa.IndexAddr)
			if !ok {
				return nil
			}
			array, ok := at.X.(*ssa.Alloc)
			if !ok {
				return nil
			}
			next = array.Referrers()
		default:
			return nil
		}
		instruction = nil
		for _, user := range *next {
			switch user.(type) {
			case *ssa.Call, *ssa.MakeInterface, *ssa.Slice, *ssa.Store:
				instruction = user
			}
		}
	}
	return nil
}

// known gives a text as far as it is known when the program is built.
func (a *analysis) known(value ssa.Value) string {
	r := reading{analysis: a, steps: mostSteps}
	return r.text(value)
}

// reading is what is left to read one text with.
type reading struct {
	*analysis
	steps int
}

func (r *reading) text(value ssa.Value) string {
	if r.steps--; r.steps < 0 {
		return unknown
	}
	text := r.parts(value)
	if len(text) > mostBytes {
		return text[:mostBytes] + unknown
	}
	return text
}

func (r *reading) parts(value ssa.Value) string {
	switch v := value.(type) {
	case *ssa.Const:
		if text := constText(v); text != "" {
			return text
		}
		if v.Value != nil && v.Value.Kind() == constant.String {
			return ""
		}
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return r.text(v.X) + r.text(v.Y)
		}
	case *ssa.ChangeType:
		return r.text(v.X)
	case *ssa.Convert:
		return r.text(v.X)
	case *ssa.MakeInterface:
		return r.text(v.X)
	case *ssa.UnOp:
		if global, ok := v.X.(*ssa.Global); ok && v.Op == token.MUL {
			return r.initial(global)
		}
	case *ssa.Call:
		return r.called(v)
	}
	return unknown
}

func (r *reading) called(call *ssa.Call) string {
	callee := call.Call.StaticCallee()
	if callee == nil || callee.Object() == nil || callee.Object().Pkg() == nil {
		return unknown
	}
	args := call.Call.Args
	switch name := callee.Object().Pkg().Path() + "." + callee.Object().Name(); {
	case joins[name] && len(args) == 1:
		parts := r.elements(args[0])
		if len(parts) == 0 {
			return unknown
		}
		return path.Join(parts...)
	case name == "strings.Join" && len(args) == 2:
		return strings.Join(r.elements(args[0]), r.text(args[1]))
	case name == "fmt.Sprintf" && len(args) == 2:
		return formatted(r.text(args[0]), r.elements(args[1]))
	case name == "fmt.Sprint" && len(args) == 1:
		return strings.Join(r.elements(args[0]), "")
	}
	return unknown
}

// formatted fills a format's verbs in; that of a number is unknown.
func formatted(format string, args []string) string {
	var text strings.Builder
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			text.WriteByte(format[i])
			continue
		}
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.", format[i]) >= 0 {
			i++
		}
		switch {
		case i < len(format) && format[i] == '%':
			text.WriteByte('%')
		case next < len(args):
			text.WriteString(args[next])
			next++
		default:
			text.WriteString(unknown)
		}
	}
	return text.String()
}

// elements gives the parts of a slice that is written out, as those of a variadic call.
func (r *reading) elements(slice ssa.Value) []string {
	cut, ok := slice.(*ssa.Slice)
	if !ok {
		return nil
	}
	array, ok := cut.X.(*ssa.Alloc)
	if !ok || array.Referrers() == nil {
		return nil
	}
	parts := map[int64]string{}
	most := int64(-1)
	for _, user := range *array.Referrers() {
		at, ok := user.(*ssa.IndexAddr)
		if !ok || at.Referrers() == nil {
			continue
		}
		index, ok := at.Index.(*ssa.Const)
		if !ok {
			return nil
		}
		for _, user := range *at.Referrers() {
			if store, ok := user.(*ssa.Store); ok {
				parts[index.Int64()] = r.text(store.Val)
				most = max(most, index.Int64())
			}
		}
	}
	if most > 1000 {
		return nil
	}
	list := make([]string, most+1)
	for i := range list {
		text, ok := parts[int64(i)]
		if !ok {
			text = unknown
		}
		list[i] = text
	}
	return list
}

// initial gives the text that a package variable begins with.
func (r *reading) initial(global *ssa.Global) string {
	values, known := r.initials[global.Pkg]
	if !known {
		values = map[ssa.Value]ssa.Value{}
		if global.Pkg != nil && global.Pkg.Func("init") != nil {
			for _, block := range global.Pkg.Func("init").Blocks {
				for _, instruction := range block.Instrs {
					if store, ok := instruction.(*ssa.Store); ok {
						values[store.Addr] = store.Val
					}
				}
			}
		}
		r.initials[global.Pkg] = values
	}
	if value := values[global]; value != nil {
		return r.text(value)
	}
	return unknown
}

func constText(c *ssa.Const) string {
	if c.Value == nil || c.Value.Kind() != constant.String {
		return ""
	}
	return constant.StringVal(c.Value)
}

// shown writes a text for a reader: what is unknown as *, bounded, without control characters.
func shown(text string) string {
	return bounded(strings.Map(func(r rune) rune {
		if string(r) == unknown {
			return '*'
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text))
}
