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

const deepest = 20 // steps that are followed back to a text's parts

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
	if partOf(value) == nil {
		a.text(fn, at, known(value, 0))
	}
}

// written looks at a text in the source, unless it is a part of one that `built` looks at.
func (a *analysis) written(fn *ssa.Function, instruction ssa.Instruction, text string) {
	if whole, ok := instruction.(*ssa.BinOp); ok && isBuilt(whole) {
		return
	}
	at := instruction.Pos()
	if call := takes(instruction); call != nil {
		if isBuilt(call) {
			return
		}
		at = call.Pos()
	}
	a.text(fn, at, text)
}

// text applies the rules for paths to a text that the program has, or builds.
func (a *analysis) text(fn *ssa.Function, at token.Pos, text string) {
	for _, folder := range sortedKeys(a.Paths) {
		if text == folder || strings.HasPrefix(text, folder+"/") {
			a.use(fn, at, a.Paths[folder], shown(text))
		}
	}
}

// isBuilt tells a value that `built` knows the beginning of.
func isBuilt(value ssa.Value) bool {
	text := known(value, 0)
	return text != "" && !strings.HasPrefix(text, unknown)
}

// partOf gives the text that a value is a part of, where that is known to be built of it.
func partOf(value ssa.Value) ssa.Value {
	if value.Referrers() == nil {
		return nil
	}
	for _, user := range *value.Referrers() {
		if whole, ok := user.(*ssa.BinOp); ok && whole.Op == token.ADD && isBuilt(whole) {
			return whole
		}
		if call := takes(user); call != nil && isBuilt(call) {
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
func known(value ssa.Value, depth int) string {
	if depth > deepest {
		return unknown
	}
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
			return known(v.X, depth+1) + known(v.Y, depth+1)
		}
	case *ssa.ChangeType:
		return known(v.X, depth+1)
	case *ssa.Convert:
		return known(v.X, depth+1)
	case *ssa.MakeInterface:
		return known(v.X, depth+1)
	case *ssa.UnOp:
		if global, ok := v.X.(*ssa.Global); ok && v.Op == token.MUL {
			return initial(global, depth+1)
		}
	case *ssa.Call:
		return called(v, depth+1)
	}
	return unknown
}

func called(call *ssa.Call, depth int) string {
	callee := call.Call.StaticCallee()
	if callee == nil || callee.Object() == nil || callee.Object().Pkg() == nil {
		return unknown
	}
	args := call.Call.Args
	switch name := callee.Object().Pkg().Path() + "." + callee.Object().Name(); {
	case joins[name] && len(args) == 1:
		parts := elements(args[0], depth)
		if len(parts) == 0 {
			return unknown
		}
		return path.Join(parts...)
	case name == "strings.Join" && len(args) == 2:
		return strings.Join(elements(args[0], depth), known(args[1], depth))
	case name == "fmt.Sprintf" && len(args) == 2:
		return formatted(known(args[0], depth), elements(args[1], depth))
	case name == "fmt.Sprint" && len(args) == 1:
		return strings.Join(elements(args[0], depth), "")
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
func elements(slice ssa.Value, depth int) []string {
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
				parts[index.Int64()] = known(store.Val, depth+1)
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

// initial gives the text of a package variable that only its package's init sets.
func initial(global *ssa.Global, depth int) string {
	if global.Pkg == nil {
		return unknown
	}
	init := global.Pkg.Func("init")
	if init == nil {
		return unknown
	}
	for _, block := range init.Blocks {
		for _, instruction := range block.Instrs {
			if store, ok := instruction.(*ssa.Store); ok && store.Addr == global {
				return known(store.Val, depth+1)
			}
		}
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
	text = strings.Map(func(r rune) rune {
		if string(r) == unknown {
			return '*'
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "..."
	}
	return text
}
