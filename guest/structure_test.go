package guest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ours is all that the WASI program may import beside the runtime: each package costs bytes.
var ours = []string{"clock", "cmd/gif", "fault", "gif", "lzw", "palette", "stream", "wasi", "wire", "word"}

// allowed from the standard library are those that are only instructions.
var allowed = []string{"math/bits", "unsafe"}

func TestTheProgramImportsNothingElse(t *testing.T) {
	for _, tags := range []string{"", "hostclock", "quantize", "small"} {
		for _, pkg := range packages(t, tags, "./cmd/gif") {
			name, inside := strings.CutPrefix(pkg.path, "wasmtrim/guest/")
			if !inside {
				continue
			}
			quantizer := tags == "quantize" && (name == "quantize" || name == "lab")
			if !slices.Contains(ours, name) && !quantizer {
				t.Errorf("tags %q: %s is in the WASI program", tags, pkg.path)
			}
			for _, imported := range pkg.imports {
				if !strings.HasPrefix(imported, "wasmtrim/") && !slices.Contains(allowed, imported) &&
					(imported != "math" || !quantizer) {
					t.Errorf("tags %q: %s imports %s", tags, pkg.path, imported)
				}
			}
		}
	}
}

type listed struct {
	path    string
	imports []string
}

func packages(t *testing.T, tags, path string) (all []listed) {
	t.Helper()
	list := exec.Command("go", "list", "-deps", "-tags", tags, "-f", "{{.ImportPath}} {{join .Imports \" \"}}", path)
	list.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		all = append(all, listed{fields[0], fields[1:]})
	}
	return all
}

// Delays have to follow one clock, so only the native clock may ask the standard library.
func TestTimeIsAskedForInOnePlace(t *testing.T) {
	calls := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, imported := range file.Imports {
			if imported.Path.Value == `"time"` && imported.Name != nil {
				t.Errorf("%s imports time under another name, which hides what it asks", path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" {
				calls++
				if filepath.ToSlash(path) != "clock/platform_native.go" {
					t.Errorf("%s calls time.%s", path, s.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || calls != 2 {
		t.Fatal(err, calls)
	}
}
