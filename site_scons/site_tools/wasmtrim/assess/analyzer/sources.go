package main

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

const metadata = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule

// sources is what the files say before any is type-checked, by what today's platform takes.
type sources struct {
	cgo       map[string]bool // packages that need cgo
	cgoFiles  map[string]bool // own files that do, by their full names
	generated map[string]bool // own files, by their full names
}

// readSources looks at the files: which are there, which a platform leaves out, and what is in them
// that is no Go. Findings of it go into `found`.
func readSources(q *Question, answer *Answer, found *collection) (*sources, error) {
	today, err := load(q, q.Targets[0], metadata, true)
	if err != nil {
		return nil, err
	}
	files := &sources{cgo: map[string]bool{}, cgoFiles: map[string]bool{}, generated: map[string]bool{}}
	for _, module := range sortedKeys(today.own) {
		answer.Module = module
		break
	}
	here := map[string]bool{}
	seen := map[string]bool{}
	chains := today.importChains()
	for _, pkg := range today.all() {
		if isLibrary(pkg) {
			continue
		}
		own := today.isOwn(pkg)
		for _, name := range pkg.GoFiles {
			here[name] = true
			files.inGo(today, pkg, name, chains, found)
		}
		if !own {
			continue
		}
		for _, name := range slices.Concat(pkg.GoFiles, pkg.IgnoredFiles) {
			seen[name] = true
		}
		for _, name := range pkg.OtherFiles {
			if strings.EqualFold(filepath.Ext(name), ".s") {
				found.add(Finding{Rule: q.Syntax.Assembly, Symbol: filepath.Base(name),
					File: today.file(name, pkg), Line: 1, Direct: true, Certain: true, Package: pkg.PkgPath}, "")
			}
		}
		if pkg.Name == "main" {
			answer.Mains = append(answer.Mains, Main{Package: pkg.PkgPath,
				Folder: relative(q.Root, folderOf(pkg))})
		}
		answer.Files.Tests += tests(folderOf(pkg))
	}
	anywhere := map[string]bool{}
	for _, target := range q.Targets[1:] {
		there, err := load(q, target, metadata, false)
		if err != nil {
			return nil, err
		}
		taken := map[string]bool{}
		for _, pkg := range there.all() {
			for _, name := range pkg.GoFiles {
				taken[name] = true
				anywhere[name] = true
			}
		}
		for _, pkg := range today.all() {
			if !today.isOwn(pkg) {
				continue
			}
			for _, name := range pkg.GoFiles {
				if !taken[name] && !files.cgoFiles[name] {
					found.add(Finding{Rule: q.Syntax.Constraint, Symbol: filepath.Base(name),
						File: today.file(name, pkg), Line: constraintLine(name), Direct: true, Certain: true,
						Package: pkg.PkgPath}, platform(target))
				}
			}
		}
	}
	for name := range seen {
		switch {
		case files.generated[name]:
			answer.Files.Generated++
		case !here[name] && !anywhere[name]:
			answer.Files.OtherPlatform++
		default:
			answer.Files.Read++
		}
	}
	return files, nil
}

// inGo looks into one Go file for cgo, and, where it is the module's own, for go:linkname.
func (s *sources) inGo(p *program, pkg *packages.Package, name string,
	chains map[string][]string, found *collection) {
	fset := token.NewFileSet()
	if !p.isOwn(pkg) {
		file, err := parseHead(fset, name)
		if err != nil {
			return
		}
		if spec := importsC(file); spec != nil && !s.cgo[pkg.PkgPath] {
			s.cgo[pkg.PkgPath] = true
			var path []Frame
			for _, link := range chains[pkg.PkgPath] {
				path = append(path, Frame{Function: link})
			}
			if len(path) > 0 {
				path[len(path)-1].File = p.file(name, pkg)
				path[len(path)-1].Line = fset.Position(spec.Pos()).Line
			}
			at, line := p.importPlace(chains[pkg.PkgPath], nil, "")
			found.add(Finding{Rule: p.Syntax.Cgo, Symbol: `import "C"`, File: at, Line: line, Certain: true,
				Package: pkg.PkgPath, Path: path}, "")
		}
		return
	}
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil || err != nil {
		return // go list tells of it
	}
	if spec := importsC(file); spec != nil {
		s.cgo[pkg.PkgPath], s.cgoFiles[name] = true, true
		found.add(Finding{Rule: p.Syntax.Cgo, Symbol: `import "C"`, File: p.file(name, pkg),
			Line: fset.Position(spec.Pos()).Line, Direct: true, Certain: true, Package: pkg.PkgPath}, "")
	}
	if ast.IsGenerated(file) {
		s.generated[name] = true
		return
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			words := strings.Fields(comment.Text)
			if len(words) < 2 || words[0] != "//go:linkname" {
				continue
			}
			found.add(Finding{Rule: p.Syntax.Linkname, Symbol: words[len(words)-1],
				File: p.file(name, pkg), Line: fset.Position(comment.Pos()).Line, Direct: true, Certain: true,
				Package: pkg.PkgPath}, "")
		}
	}
}

// constraintLine finds the //go:build line of a file; 1 where its name is the constraint.
func constraintLine(name string) int {
	fset := token.NewFileSet()
	file, err := parseHead(fset, name)
	if err != nil {
		return 1
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if constraint.IsGoBuild(comment.Text) {
				return fset.Position(comment.Pos()).Line
			}
		}
	}
	return 1
}

func folderOf(pkg *packages.Package) string {
	for _, names := range [][]string{pkg.GoFiles, pkg.IgnoredFiles, pkg.OtherFiles} {
		if len(names) > 0 {
			return filepath.Dir(names[0])
		}
	}
	return ""
}

func tests(folder string) int {
	count := 0
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), "_test.go") {
			count++
		}
	}
	return count
}

func platform(t Target) string { return t.GOOS + "/" + t.GOARCH }
