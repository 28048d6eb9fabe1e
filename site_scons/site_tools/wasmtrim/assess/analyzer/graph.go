package main

import (
	"bufio"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

const mostFrames = 40 // of a call path, which is the shortest

// analysis is the call graph of one platform, and the shortest way to each of its functions.
type analysis struct {
	*program
	target  string
	files   *sources
	byTypes map[*types.Package]*packages.Package
	graph   *callgraph.Graph
	way     map[*ssa.Function]step
	certain map[*ssa.Function]step          // of dependencies: by static calls alone, from own code on
	imports map[string]map[string]token.Pos // by own package: where it imports which
	found   *collection
	// by package: what its init stores, and where
	initials map[*ssa.Package]map[ssa.Value]ssa.Value
	begins   map[*types.Func]Frame // what own packages without SSA name, and where
}

// step is how a function is reached: by a call at `at` in `from`; nil for an entry point, which code
// without SSA may name at `begin`.
type step struct {
	from  *ssa.Function
	at    token.Pos
	begin *Frame
}

// analyze loads, type-checks and searches one platform.
func analyze(q *Question, target Target, files *sources, answer *Answer, found *collection) error {
	p, err := loadAll(q, target, files)
	if err != nil {
		return err
	}
	answer.Platforms = append(answer.Platforms,
		Platform{Name: platform(target), Errors: p.errors(files), WithoutC: slices.AppendSeq([]string{}, maps.Keys(p.fake))})
	answer.Library = p.library()
	a := &analysis{program: p, target: platform(target), files: files, found: found,
		byTypes: map[*types.Package]*packages.Package{}, imports: map[string]map[string]token.Pos{},
		initials: map[*ssa.Package]map[ssa.Value]ssa.Value{}, begins: map[*types.Func]Frame{}}
	for _, pkg := range p.all() {
		if pkg.Types != nil {
			a.byTypes[pkg.Types] = pkg
		}
		if p.isOwn(pkg) {
			a.imports[pkg.PkgPath] = importPlaces(pkg)
		}
	}
	if len(answer.Platforms) == 1 {
		a.countLines(answer)
	}
	prog, err := a.build()
	if err != nil {
		return err
	}
	for _, pkg := range p.all() {
		if p.fake[pkg.PkgPath] && p.isOwn(pkg) {
			a.mentions(pkg)
		}
	}
	for _, pkg := range a.byTypes { // SSA has all that is needed
		pkg.Syntax, pkg.TypesInfo = nil, nil
	}
	functions := ssautil.AllFunctions(prog)
	a.graph = vta.CallGraph(functions, nil)
	a.walk(functions, prog)
	a.search()
	return nil
}

// loadAll loads and type-checks a platform, packages with cgo without their C.
func loadAll(q *Question, target Target, files *sources) (*program, error) {
	mode := packages.LoadAllSyntax | packages.NeedModule
	if len(files.cgo) == 0 {
		return load(q, target, mode, false)
	}
	meta, err := load(q, target, metadata, true)
	if err != nil {
		return nil, err
	}
	p, err := load(q, target, mode, false, files.missing(meta)...)
	if err != nil {
		return nil, err
	}
	p.own = meta.own // and not what was only missing
	today := platform(target) == platform(q.Targets[0])
	p.complete(meta, func(pkg *packages.Package) bool {
		// The target has no cgo: where there are other files in place of those with cgo, it takes them.
		return files.cgo[pkg.PkgPath] && (today || !p.stands(pkg))
	})
	return p, nil
}

// build makes SSA. The builder panics where code is of a kind that it doesn't know.
func (a *analysis) build() (prog *ssa.Program, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("golang.org/x/tools/go/ssa gave up: %v", cause)
		}
	}()
	prog = ssa.NewProgram(a.fset, ssa.InstantiateGenerics)
	packages.Visit(a.initial, nil, func(pkg *packages.Package) {
		if pkg.Types == nil || pkg.IllTyped {
			return
		}
		if isLibrary(pkg) && callsNothingBack(pkg.PkgPath) || a.fake[pkg.PkgPath] {
			prog.CreatePackage(pkg.Types, nil, nil, true)
		} else {
			prog.CreatePackage(pkg.Types, pkg.Syntax, pkg.TypesInfo, true)
		}
	})
	prog.Build()
	return prog, nil
}

// callsNothingBack tells packages of Go's library, half of its code, whose functions are ends of
// call paths: what a program passes them is not a function, and they call no method of it.
func callsNothingBack(path string) bool {
	if path == "internal/sync" {
		return false
	}
	first, _, _ := strings.Cut(path, "/")
	switch first {
	case "crypto", "hash", "internal", "math", "reflect", "runtime", "syscall", "unicode", "vendor":
		return true
	}
	return false
}

func (a *analysis) countLines(answer *Answer) {
	for _, pkg := range a.byTypes {
		for _, name := range pkg.CompiledGoFiles {
			if a.isOwn(pkg) {
				answer.Files.Lines += lines(name)
			} else {
				answer.Files.LibraryLines += lines(name)
			}
		}
	}
}

func lines(name string) int {
	file, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer file.Close()
	count, scanner := 0, bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		count++
	}
	return count
}

// home is the package whose source has the function; nil for what no source has.
func home(fn *ssa.Function) *types.Package {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if fn.Pkg != nil {
		return fn.Pkg.Pkg
	}
	if object := fn.Object(); object != nil {
		return object.Pkg()
	}
	return nil
}

func (a *analysis) packageOf(fn *ssa.Function) *packages.Package { return a.byTypes[home(fn)] }

func (a *analysis) owns(fn *ssa.Function) bool {
	pkg := a.packageOf(fn)
	return pkg != nil && a.isOwn(pkg)
}

// walk finds the shortest way to each function: from main and init, else from what is exported,
// else from any own function. Ways through Go's library are followed, since it calls back.
func (a *analysis) walk(functions map[*ssa.Function]bool, prog *ssa.Program) {
	a.way = map[*ssa.Function]step{}
	begun := a.begun(prog)
	var own []*ssa.Function
	for fn := range functions {
		if a.owns(fn) {
			own = append(own, fn)
		}
	}
	slices.SortFunc(own, func(x, y *ssa.Function) int { return strings.Compare(x.String(), y.String()) })
	stages := []func(*ssa.Function) bool{
		func(fn *ssa.Function) bool {
			return fn.Parent() == nil && (fn.Name() == "main" && home(fn).Name() == "main" ||
				fn.Name() == "init" || strings.HasPrefix(fn.Name(), "init#"))
		},
		func(fn *ssa.Function) bool { return fn.Object() != nil && fn.Object().Exported() },
		func(fn *ssa.Function) bool { return fn.Synthetic == "" },
	}
	for _, entry := range stages {
		var queue []*ssa.Function
		for _, fn := range own {
			if _, known := a.way[fn]; !known && entry(fn) {
				a.way[fn] = step{}
				queue = append(queue, fn)
			}
		}
		a.spread(queue, a.way, func(*callgraph.Edge) bool { return true })
	}
	a.certain = map[*ssa.Function]step{}
	for _, fn := range own {
		a.certain[fn] = step{}
	}
	a.spread(own, a.certain, isStatic)
	a.spread(a.start(begun, a.way), a.way, func(*callgraph.Edge) bool { return true })
	a.spread(a.start(begun, a.certain), a.certain, isStatic)
}

// begun gives the functions that own packages without SSA name, in order.
func (a *analysis) begun(prog *ssa.Program) []*ssa.Function {
	var list []*ssa.Function
	for object := range a.begins {
		if fn := prog.FuncValue(object); fn != nil && !isLibrary(a.packageOf(fn)) {
			list = append(list, fn)
		}
	}
	slices.SortFunc(list, func(x, y *ssa.Function) int { return strings.Compare(x.String(), y.String()) })
	return list
}

// start makes entry points of the functions that no way leads to yet.
func (a *analysis) start(begun []*ssa.Function, way map[*ssa.Function]step) []*ssa.Function {
	var queue []*ssa.Function
	for _, fn := range begun {
		if _, known := way[fn]; !known {
			frame := a.begins[fn.Object().(*types.Func)]
			way[fn] = step{begin: &frame}
			queue = append(queue, fn)
		}
	}
	return queue
}

// isStatic tells a call whose callee the source names. Any other may be one that never happens.
func isStatic(edge *callgraph.Edge) bool {
	return edge.Site != nil && edge.Site.Common().StaticCallee() != nil
}

// spread goes on from the functions in `queue`, breadth first, by the calls that are followed.
func (a *analysis) spread(queue []*ssa.Function, way map[*ssa.Function]step,
	followed func(*callgraph.Edge) bool) {
	for len(queue) > 0 {
		fn := queue[0]
		queue = queue[1:]
		node := a.graph.Nodes[fn]
		if node == nil || a.isBoundary(fn) {
			continue
		}
		edges := slices.Clone(node.Out)
		slices.SortStableFunc(edges, func(x, y *callgraph.Edge) int {
			if d := int(x.Pos() - y.Pos()); d != 0 {
				return d
			}
			return strings.Compare(x.Callee.Func.String(), y.Callee.Func.String())
		})
		for _, edge := range edges {
			next := edge.Callee.Func
			if _, known := way[next]; known || !followed(edge) {
				continue
			}
			way[next] = step{from: fn, at: edge.Pos()}
			queue = append(queue, next)
		}
	}
}

// isBoundary tells packages outside of Go's library that a rule covers as a whole.
func (a *analysis) isBoundary(fn *ssa.Function) bool {
	pkg := a.packageOf(fn)
	return pkg != nil && !isLibrary(pkg) && !a.isOwn(pkg) && a.Packages[pkg.PkgPath] != ""
}

// path gives the steps that lead to a place in `fn`, and the last own place among them.
func (a *analysis) path(fn *ssa.Function, at token.Pos) (frames []Frame, own Frame) {
	var callee *ssa.Function
	for fn != nil && len(frames) < mostFrames {
		pkg := a.packageOf(fn)
		if !at.IsValid() && pkg != nil && callee != nil { // init runs that of each import
			at = a.imports[pkg.PkgPath][home(callee).Path()]
		}
		if at.IsValid() && pkg != nil { // a wrapper has no place of its own
			position := a.fset.Position(at)
			frame := Frame{Function: bounded(fn.String()), File: a.file(position.Filename, pkg), Line: position.Line}
			if a.isOwn(pkg) && own.Function == "" {
				own = frame
			}
			frames = append(frames, frame)
		}
		way, certain := a.certain[fn]
		if !certain || a.owns(fn) {
			way = a.way[fn]
		}
		if way.begin != nil {
			frames = append(frames, *way.begin)
			if own.Function == "" {
				own = *way.begin
			}
		}
		callee, fn, at = fn, way.from, way.at
	}
	slices.Reverse(frames)
	return frames, own
}

// importPlaces says where a package has each of its imports.
func importPlaces(pkg *packages.Package) map[string]token.Pos {
	places := map[string]token.Pos{}
	for _, file := range pkg.Syntax {
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				places[path] = spec.Pos()
			}
		}
	}
	return places
}

func (a *analysis) isGenerated(fn *ssa.Function) bool {
	return fn.Pos().IsValid() && a.files.generated[a.fset.Position(fn.Pos()).Filename]
}
