package main

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// Packages with cgo are type-checked without running it: nothing is known of a name in C
// (go/types, Config.FakeImportC). So what imports them is read like all code. Of themselves no SSA
// can be made; what an own one names is found by its name, and what it calls is an entry point.

// withoutC tells the packages of a program that were type-checked without their C.
type withoutC map[string]bool

// missing gives what the packages with cgo import: without cgo it may not be loaded at all.
func (s *sources) missing(meta *program) []string {
	found := map[string]bool{}
	for _, pkg := range meta.all() {
		if s.cgo[pkg.PkgPath] {
			for path := range pkg.Imports {
				found[path] = path != "C" && path != "unsafe" && path != "runtime/cgo"
			}
		}
	}
	var list []string
	for _, path := range sortedKeys(found) {
		if found[path] {
			list = append(list, path)
		}
	}
	return list
}

// stands tells a package that is valid without its files with cgo, and enough for who imports it.
func (p *program) stands(pkg *packages.Package) bool {
	return len(pkg.Errors) == 0 && !pkg.IllTyped && !slices.ContainsFunc(p.all(), func(q *packages.Package) bool {
		_, imported := q.Imports[pkg.PkgPath]
		return imported && len(q.Errors) > 0
	})
}

// complete type-checks the packages that need cgo, and what imports them, by the files that `meta`
// has of them. What is not valid even so stays as it is.
func (p *program) complete(meta *program, needed func(*packages.Package) bool) {
	by := map[string]*packages.Package{}
	for _, pkg := range p.all() {
		by[pkg.PkgPath] = pkg
	}
	p.initial = slices.DeleteFunc(p.initial, func(pkg *packages.Package) bool { // loaded as missing
		return !slices.ContainsFunc(meta.initial, func(m *packages.Package) bool { return m.PkgPath == pkg.PkgPath })
	})
	done := map[string]bool{}
	for _, m := range meta.all() { // what is imported comes first
		pkg := by[m.PkgPath]
		if pkg == nil || isLibrary(m) {
			continue
		}
		imports := map[string]*packages.Package{}
		cgo := needed(pkg)
		again := cgo
		for path, imported := range m.Imports {
			if have := by[imported.PkgPath]; have != nil {
				imports[path] = have
			}
			again = again || done[imported.PkgPath]
		}
		if again && p.check(pkg, m, imports, cgo) {
			done[m.PkgPath] = true
			if cgo {
				p.fake[m.PkgPath] = true
			}
		}
	}
}

// check type-checks one package anew, and tells whether it is valid but for its C.
func (p *program) check(pkg, m *packages.Package, imports map[string]*packages.Package, cgo bool) bool {
	syntax := pkg.Syntax
	if cgo || len(syntax) == 0 {
		syntax = nil
		for _, name := range m.GoFiles {
			file, err := parser.ParseFile(p.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return false
			}
			syntax = append(syntax, file)
		}
	}
	valid := true
	config := types.Config{
		FakeImportC: true,
		Sizes:       pkg.TypesSizes,
		Importer:    importer(imports),
		Error:       func(error) { valid = cgo }, // what is made of a name in C is not valid
	}
	if m.Module != nil && m.Module.GoVersion != "" {
		config.GoVersion = "go" + m.Module.GoVersion
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	made, _ := config.Check(m.PkgPath, p.fset, syntax, info) // its errors came one by one
	if !valid || !cgo && usesC(info) {
		return false
	}
	pkg.Types, pkg.TypesInfo, pkg.Syntax, pkg.Imports = made, info, syntax, imports
	pkg.Name, pkg.GoFiles, pkg.CompiledGoFiles = m.Name, m.GoFiles, m.GoFiles
	pkg.Module, pkg.Errors, pkg.IllTyped = m.Module, nil, false
	return true
}

// usesC tells code that has a value of a type in C from a package that it imports: no SSA can be made
// of it.
func usesC(info *types.Info) bool {
	for _, value := range info.Types {
		if ofC(value.Type, 0) {
			return true
		}
	}
	return false
}

func ofC(t types.Type, depth int) bool {
	if depth > 5 {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return ofC(t.Elem(), depth+1)
	case *types.Slice:
		return ofC(t.Elem(), depth+1)
	case *types.Array:
		return ofC(t.Elem(), depth+1)
	case *types.Map:
		return ofC(t.Key(), depth+1) || ofC(t.Elem(), depth+1)
	case *types.Chan:
		return ofC(t.Elem(), depth+1)
	case *types.Tuple:
		for v := range t.Variables() {
			if ofC(v.Type(), depth+1) {
				return true
			}
		}
	case *types.Signature:
		return ofC(t.Params(), depth+1) || ofC(t.Results(), depth+1)
	}
	return false
}

type importer map[string]*packages.Package

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := i[path]; pkg != nil && pkg.Types != nil && !pkg.IllTyped {
		return pkg.Types, nil
	}
	return nil, errors.New("not valid")
}

// mentions looks at an own package without SSA: at each name, text and statement that rules are
// about. What it names of a dependency, or of its own module, is where a way begins.
func (a *analysis) mentions(pkg *packages.Package) {
	for _, file := range pkg.Syntax {
		if a.files.generated[a.fset.Position(file.FileStart).Filename] {
			continue
		}
		for _, declaration := range file.Decls {
			in := pkg.PkgPath + ".init"
			if f, ok := declaration.(*ast.FuncDecl); ok {
				if object, ok := pkg.TypesInfo.Defs[f.Name].(*types.Func); ok {
					in = object.FullName()
				}
			}
			calls := map[*ast.Ident][]ast.Expr{}
			ast.Inspect(declaration, func(node ast.Node) bool {
				return a.mention(pkg, in, node, calls)
			})
		}
	}
}

func (a *analysis) mention(pkg *packages.Package, in string, node ast.Node, calls map[*ast.Ident][]ast.Expr) bool {
	info := pkg.TypesInfo
	if expression, ok := node.(ast.Expr); ok {
		if value := info.Types[expression].Value; value != nil && value.Kind() == constant.String {
			a.below(constant.StringVal(value), func(rule, text string) { a.told(pkg, in, node.Pos(), rule, text) })
			return false // its parts are in it
		}
	}
	switch n := node.(type) {
	case *ast.GoStmt:
		a.told(pkg, in, n.Pos(), a.Syntax.Goroutine, "go")
	case *ast.SelectStmt:
		if len(n.Body.List) == 0 {
			a.told(pkg, in, n.Pos(), a.Syntax.Forever, "select {}")
		}
	case *ast.CallExpr:
		switch f := ast.Unparen(n.Fun).(type) {
		case *ast.SelectorExpr:
			calls[f.Sel] = n.Args
		case *ast.Ident:
			calls[f] = n.Args
		}
	case *ast.Ident:
		object := info.Uses[n]
		if object == nil || object.Pkg() == nil || object.Pkg() == pkg.Types {
			break
		}
		rule, name := a.rule(object, func(argument int) constant.Value {
			if args := calls[n]; argument < len(args) {
				return info.Types[args[argument]].Value
			}
			return nil
		})
		a.told(pkg, in, n.Pos(), rule, name)
		if f, ok := object.(*types.Func); ok {
			position := a.fset.Position(n.Pos())
			a.begins[f.Origin()] = Frame{Function: in, File: a.file(position.Filename, pkg), Line: position.Line}
		}
	}
	return true
}

// told adds what a place in an own package uses.
func (a *analysis) told(pkg *packages.Package, in string, at token.Pos, rule, symbol string) {
	if rule == "" {
		return
	}
	position := a.fset.Position(at)
	frame := Frame{Function: bounded(in), File: a.file(position.Filename, pkg), Line: position.Line}
	a.found.add(Finding{Rule: rule, Symbol: bounded(symbol), File: frame.File, Line: frame.Line,
		Direct: true, Certain: true, Package: pkg.PkgPath, Path: []Frame{frame}}, a.target)
}
