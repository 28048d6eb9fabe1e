package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

const mostErrors = 50 // of a platform

// program is the packages of one platform.
type program struct {
	*Question
	initial []*packages.Package
	own     map[string]bool // module paths of the assessed packages
	root    string
	fset    *token.FileSet
	fake    withoutC
}

// load loads the packages that are asked for, and others that they may miss.
func load(q *Question, target Target, mode packages.LoadMode, cgo bool, others ...string) (*program, error) {
	on := "0"
	if cgo {
		on = "1" // only asked what the files are: no C compiler is run
	}
	fset := token.NewFileSet()
	config := &packages.Config{
		Mode: mode,
		Dir:  q.Folder,
		Fset: fset,
		Env: append(os.Environ(), "GOOS="+target.GOOS, "GOARCH="+target.GOARCH,
			"CGO_ENABLED="+on, "GOPACKAGESDRIVER=off"),
		BuildFlags: []string{"-tags=" + strings.Join(target.Tags, ",")},
	}
	initial, err := packages.Load(config, slices.Concat(q.Patterns, others)...)
	if err != nil {
		return nil, err
	}
	p := &program{Question: q, initial: initial, own: map[string]bool{}, root: q.Root, fset: fset,
		fake: withoutC{}}
	for _, pkg := range initial {
		if pkg.Module != nil {
			p.own[pkg.Module.Path] = true
		}
	}
	return p, nil
}

func (p *program) isOwn(pkg *packages.Package) bool {
	return pkg.Module != nil && p.own[pkg.Module.Path]
}

// isLibrary tells Go's own packages; what it vendors is among them.
func isLibrary(pkg *packages.Package) bool { return pkg.Module == nil }

// file names a file: relative to the root, else by its module or package.
func (p *program) file(name string, pkg *packages.Package) string {
	if name == "" {
		return ""
	}
	if pkg != nil && !p.isOwn(pkg) {
		if m := pkg.Module; m != nil {
			if below, err := filepath.Rel(m.Dir, name); err == nil && filepath.IsLocal(below) {
				return m.Path + "@" + m.Version + "/" + filepath.ToSlash(below)
			}
		}
		return pkg.PkgPath + "/" + filepath.Base(name)
	}
	return relative(p.root, name)
}

func relative(root, name string) string {
	if below, err := filepath.Rel(root, name); err == nil {
		return filepath.ToSlash(below)
	}
	return filepath.ToSlash(name)
}

// errors gives what is not valid, own packages first.
func (p *program) errors(files *sources) []Invalid {
	found := []Invalid{}
	needsCgo := map[*packages.Package]bool{}
	packages.Visit(p.initial, nil, func(pkg *packages.Package) { // what is imported comes first
		needsCgo[pkg] = files.cgo[pkg.PkgPath]
		for _, imported := range pkg.Imports {
			needsCgo[pkg] = needsCgo[pkg] || needsCgo[imported]
		}
		for _, e := range pkg.Errors {
			if len(found) == mostErrors {
				return
			}
			if strings.HasPrefix(e.Msg, "could not import ") {
				continue // the imported package has an error of its own
			}
			file, line := place(e.Pos)
			found = append(found, Invalid{
				Package: pkg.PkgPath, Own: p.isOwn(pkg), Cgo: needsCgo[pkg],
				File: p.file(file, pkg), Line: line, Message: p.message(e.Msg, pkg), Via: []string{},
			})
		}
	})
	chains := p.importChains()
	for i, e := range found {
		if chain := chains[e.Package]; !e.Own && chain != nil {
			found[i].Via = chain
			found[i].FromFile, found[i].FromLine = p.importPlace(chain, nil, "")
		}
	}
	slices.SortStableFunc(found, func(a, b Invalid) int { return rank(a.Own) - rank(b.Own) })
	return found
}

func rank(own bool) int {
	if own {
		return 0
	}
	return 1
}

// place reads a position as go/packages writes it: file:line:column, file:line or "-".
func place(pos string) (string, int) {
	parts := strings.Split(pos, ":")
	for i := 1; i < len(parts); i++ {
		if line, err := strconv.Atoi(parts[i]); err == nil {
			return strings.Join(parts[:i], ":"), line
		}
	}
	return "", 0
}

// message gives an error's first lines, without the folders of this machine.
func (p *program) message(text string, pkg *packages.Package) string {
	text = strings.ReplaceAll(text, p.root+string(filepath.Separator), "")
	if m := pkg.Module; m != nil && m.Dir != "" {
		text = strings.ReplaceAll(text, m.Dir, m.Path+"@"+m.Version)
	}
	return bounded(text)
}

// bounded cuts a text that its author may have made as long as he liked.
func bounded(text string) string {
	if len(text) > 500 {
		text = strings.ToValidUTF8(text[:500], "") + "..."
	}
	return text
}

// importChains gives for each package the shortest chain of imports from an own package on.
func (p *program) importChains() map[string][]string {
	chains := map[string][]string{}
	queue := slices.Clone(p.initial)
	for _, pkg := range queue {
		chains[pkg.PkgPath] = []string{pkg.PkgPath}
	}
	for len(queue) > 0 {
		pkg := queue[0]
		queue = queue[1:]
		if isLibrary(pkg) {
			continue
		}
		for _, name := range sortedKeys(pkg.Imports) {
			next := pkg.Imports[name]
			if chains[next.PkgPath] != nil {
				continue
			}
			if p.isOwn(next) {
				chains[next.PkgPath] = []string{next.PkgPath}
			} else {
				chains[next.PkgPath] = append(slices.Clone(chains[pkg.PkgPath]), next.PkgPath)
			}
			queue = append(queue, next)
		}
	}
	return chains
}

// library lists the packages of Go's library that the program's own code or a dependency imports.
func (p *program) library() []Import {
	chains := p.importChains()
	found := map[string]Import{}
	packages.Visit(p.initial, func(pkg *packages.Package) bool {
		if isLibrary(pkg) {
			return false
		}
		for _, name := range sortedKeys(pkg.Imports) {
			used := pkg.Imports[name]
			if !isLibrary(used) {
				continue
			}
			before, known := found[used.PkgPath]
			via := chains[pkg.PkgPath]
			if known && len(before.Via) <= len(via) {
				continue
			}
			file, line := p.importPlace(chains[pkg.PkgPath], pkg, used.PkgPath)
			found[used.PkgPath] = Import{Package: used.PkgPath, File: file, Line: line, Via: via}
		}
		return true
	}, nil)
	list := []Import{}
	for _, name := range sortedKeys(found) {
		list = append(list, found[name])
	}
	return list
}

// importPlace finds, in own code, the import that leads to `name`: its own, or the chain's second.
func (p *program) importPlace(chain []string, pkg *packages.Package, name string) (string, int) {
	if len(chain) > 1 {
		name = chain[1]
		for _, own := range p.all() {
			if own.PkgPath == chain[0] {
				pkg = own
			}
		}
	}
	if pkg == nil {
		return "", 0
	}
	for _, file := range pkg.Syntax {
		if at := importOf(file, name); at.IsValid() {
			position := p.fset.Position(at)
			return p.file(position.Filename, pkg), position.Line
		}
	}
	if pkg.Syntax == nil { // only the files' names were loaded
		for _, file := range pkg.GoFiles {
			fset := token.NewFileSet()
			if head, err := parseHead(fset, file); err == nil {
				if at := importOf(head, name); at.IsValid() {
					return p.file(file, pkg), fset.Position(at).Line
				}
			}
		}
	}
	return "", 0
}

func importOf(file *ast.File, name string) token.Pos {
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && path == name {
			return spec.Pos()
		}
	}
	return token.NoPos
}

func (p *program) all() []*packages.Package {
	var list []*packages.Package
	packages.Visit(p.initial, nil, func(pkg *packages.Package) { list = append(list, pkg) })
	return list
}

func importsC(file *ast.File) *ast.ImportSpec {
	for _, spec := range file.Imports {
		if spec.Path.Value == `"C"` {
			return spec
		}
	}
	return nil
}

func parseHead(fset *token.FileSet, name string) (*ast.File, error) {
	file, err := parser.ParseFile(fset, name, nil, parser.ImportsOnly|parser.ParseComments)
	if file == nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}
