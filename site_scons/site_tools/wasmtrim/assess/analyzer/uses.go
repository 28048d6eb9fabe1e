package main

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// search looks at every function that is reached, or is the module's own, for what rules name.
func (a *analysis) search() {
	functions := make([]*ssa.Function, 0, len(a.way))
	for fn := range a.way {
		functions = append(functions, fn)
	}
	slices.SortFunc(functions, func(x, y *ssa.Function) int { return int(x.Pos() - y.Pos()) })
	for _, fn := range functions {
		pkg := a.packageOf(fn)
		if pkg == nil || isLibrary(pkg) || a.isBoundary(fn) || fn.Synthetic != "" && fn.Name() != "init" {
			continue
		}
		if a.isOwn(pkg) && a.isGenerated(fn) {
			continue
		}
		for _, block := range fn.Blocks {
			for _, instruction := range block.Instrs {
				a.instruction(fn, instruction)
			}
		}
	}
}

func (a *analysis) instruction(fn *ssa.Function, instruction ssa.Instruction) {
	at := instruction.Pos()
	switch i := instruction.(type) {
	case *ssa.Go:
		if a.owns(fn) {
			a.use(fn, at, a.Syntax.Goroutine, "go")
		}
	case *ssa.Select:
		if len(i.States) == 0 && a.owns(fn) {
			a.use(fn, at, a.Syntax.Forever, "select {}")
		}
	case *ssa.Convert:
		if a.owns(fn) && isPointerFromNumber(i) {
			a.use(fn, at, a.Syntax.Pointer, "unsafe.Pointer")
		}
	}
	if call, ok := instruction.(ssa.CallInstruction); ok {
		common := call.Common()
		if common.IsInvoke() {
			a.name(fn, at, common.Method, nil)
		} else if callee := common.StaticCallee(); callee != nil {
			a.name(fn, at, object(callee), common.Args)
		}
	}
	for _, operand := range instruction.Operands(nil) {
		if *operand == nil {
			continue
		}
		switch value := (*operand).(type) {
		case *ssa.Function: // as a value; a call is seen above
			if call, ok := instruction.(ssa.CallInstruction); !ok || call.Common().Value != value {
				a.name(fn, at, object(value), nil)
			}
		case *ssa.Global:
			a.name(fn, at, value.Object(), nil)
		}
	}
	if value, ok := instruction.(ssa.Value); ok {
		a.built(fn, at, value)
	}
	for _, operand := range instruction.Operands(nil) {
		if c, ok := (*operand).(*ssa.Const); ok && constText(c) != "" {
			a.written(fn, instruction, constText(c))
		} else if ok && c.Value != nil && isUnsafe(c.Type()) && a.owns(fn) {
			a.use(fn, at, a.Syntax.Pointer, "unsafe.Pointer")
		}
	}
}

func object(fn *ssa.Function) types.Object {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	return fn.Object()
}

// name applies the rules for functions, types and packages to a use of `object`.
func (a *analysis) name(fn *ssa.Function, at token.Pos, object types.Object, args []ssa.Value) {
	if object == nil || object.Pkg() == nil || object.Pkg() == home(fn) {
		return
	}
	rule, name := a.rule(object, func(argument int) constant.Value {
		if argument < len(args) {
			if c, ok := args[argument].(*ssa.Const); ok {
				return c.Value
			}
		}
		return nil
	})
	a.use(fn, at, rule, name)
}

// rule gives the rule for a use of `object`, "" where there is none, and the object's name.
// `argument` gives what is known of a call's argument.
func (a *analysis) rule(object types.Object, argument func(int) constant.Value) (rule, name string) {
	pkg := a.byTypes[object.Pkg()]
	if pkg == nil || !isLibrary(pkg) && a.Packages[pkg.PkgPath] == "" {
		return "", ""
	}
	name = object.Pkg().Path() + "." + object.Name()
	receiver := ""
	if f, ok := object.(*types.Func); ok {
		name = f.Origin().FullName()
		if signature := f.Signature(); signature.Recv() != nil {
			receiver = typeName(signature.Recv().Type())
		}
	}
	if period, ok := a.Periods[name]; ok {
		if value := argument(period.Argument); value != nil {
			if n, exact := constant.Int64Val(constant.ToInt(value)); exact && 0 < n && n < period.Below {
				return period.Rule, name
			}
		}
	}
	rule, known := a.Funcs[name]
	if !known {
		rule, known = a.Types[receiver]
	}
	if _, isFunc := object.(*types.Func); !known && isFunc {
		rule = a.Packages[object.Pkg().Path()]
	}
	return rule, name
}

func typeName(t types.Type) string {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		return named.Obj().Pkg().Path() + "." + named.Obj().Name()
	}
	return ""
}

func (a *analysis) use(fn *ssa.Function, at token.Pos, rule, symbol string) {
	if rule == "" {
		return
	}
	if !at.IsValid() {
		at = fn.Pos()
	}
	path, own := a.path(fn, at)
	_, certain := a.certain[fn]
	a.found.add(Finding{Rule: rule, Symbol: bounded(symbol), File: own.File, Line: own.Line,
		Direct: a.owns(fn), Certain: certain, Package: a.packageOf(fn).PkgPath, Path: path}, a.target)
}

// isPointerFromNumber tells an address made of a number from arithmetic with a pointer, which
// starts at one (unsafe.Pointer, pattern 3).
func isPointerFromNumber(c *ssa.Convert) bool {
	to, ok := types.Unalias(c.Type()).Underlying().(*types.Basic)
	if !ok || to.Kind() != types.UnsafePointer {
		return false
	}
	from, ok := types.Unalias(c.X.Type()).Underlying().(*types.Basic)
	return ok && from.Kind() == types.Uintptr && !fromPointer(c.X, 0)
}

func fromPointer(v ssa.Value, depth int) bool {
	if depth > 10 {
		return true
	}
	switch v := v.(type) {
	case *ssa.Convert:
		return fromPointer(v.X, depth+1) || isUnsafe(v.X.Type())
	case *ssa.ChangeType:
		return fromPointer(v.X, depth+1)
	case *ssa.BinOp:
		return fromPointer(v.X, depth+1) || fromPointer(v.Y, depth+1)
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return fromPointer(e, depth+1) })
	case *ssa.Call: // reflect.Value.Pointer and the like
		callee := v.Call.StaticCallee()
		return callee != nil && home(callee) != nil && home(callee).Path() == "reflect"
	}
	return false
}

func isUnsafe(t types.Type) bool {
	basic, ok := types.Unalias(t).Underlying().(*types.Basic)
	return ok && basic.Kind() == types.UnsafePointer
}
