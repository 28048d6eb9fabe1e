package main

// Answer is what the analyzer prints: facts, without any judgement of them.
type Answer struct {
	Module    string     `json:"module"`
	Mains     []Main     `json:"mains"`
	Files     Files      `json:"files"`
	Platforms []Platform `json:"platforms"`
	Findings  []Finding  `json:"findings"`
	LeftOut   int        `json:"left_out"` // findings over the bound
	Library   []Import   `json:"library"`
}

// Main is a main package, with its folder relative to the root.
type Main struct {
	Package string `json:"package"`
	Folder  string `json:"folder"`
}

// Files counts the Go files of the module's own packages, and the lines that were read.
type Files struct {
	Read          int `json:"read"`
	Lines         int `json:"lines"`
	LibraryLines  int `json:"library_lines"` // of dependencies and Go's own library
	Tests         int `json:"tests"`
	Generated     int `json:"generated"`
	OtherPlatform int `json:"other_platform"`
}

// Platform is one GOOS/GOARCH, and what of the code is not valid there. WithoutC are the packages
// with cgo that were read without their C.
type Platform struct {
	Name     string    `json:"name"`
	Errors   []Invalid `json:"errors"`
	WithoutC []string  `json:"without_c"`
}

// Invalid is a message of go list or of the type checker. Via is the chain of imports to the
// package, from an own one, and FromFile and FromLine are where that one has the first import; Cgo
// tells that the package, or one that it imports, needs cgo.
type Invalid struct {
	Package  string   `json:"package"`
	Own      bool     `json:"own"`
	Cgo      bool     `json:"cgo"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	FromFile string   `json:"from_file"`
	FromLine int      `json:"from_line"`
	Message  string   `json:"message"`
	Via      []string `json:"via"`
}

// Finding is one use of something that a rule names.
//
// File and Line are in the module's own code: where it is used, or where the code of a dependency
// is called that uses it. Path leads there from an entry point. Certain tells that a dependency's
// use is reached from own code by static calls alone.
type Finding struct {
	Rule      string   `json:"rule"`
	Symbol    string   `json:"symbol"`
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Direct    bool     `json:"direct"`
	Certain   bool     `json:"certain"`
	Package   string   `json:"package"` // whose code uses it
	Platforms []string `json:"platforms"`
	Path      []Frame  `json:"path"`
}

// Frame is a step of a call path: the place in Function where the next one is called.
type Frame struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

// Import is a package of Go's own library that the program uses, and the import of it; Via is the
// chain of packages from an own one, where a dependency has the import.
type Import struct {
	Package string   `json:"package"`
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Via     []string `json:"via"`
}

// Question is what the analyzer reads from stdin.
type Question struct {
	Root     string            `json:"root"` // files are named relative to it
	Folder   string            `json:"folder"`
	Patterns []string          `json:"patterns"`
	Targets  []Target          `json:"targets"` // the first is today's platform
	Funcs    map[string]string `json:"functions"`
	Types    map[string]string `json:"types"`
	Packages map[string]string `json:"packages"`
	Periods  map[string]Period `json:"periods"`
	Paths    map[string]string `json:"paths"` // a folder's rule
	Syntax   Syntax            `json:"syntax"`
	Most     int               `json:"most"` // findings
}

// Target is a platform to read the code for.
type Target struct {
	GOOS   string   `json:"goos"`
	GOARCH string   `json:"goarch"`
	Tags   []string `json:"tags"`
}

// Period is a rule for calls whose duration, argument number Argument, is below Below nanoseconds.
type Period struct {
	Rule     string `json:"rule"`
	Argument int    `json:"argument"`
	Below    int64  `json:"below"`
}

// Syntax names the rules for what is not a call.
type Syntax struct {
	Goroutine  string `json:"goroutine"`
	Forever    string `json:"forever"`
	Pointer    string `json:"pointer"`
	Cgo        string `json:"cgo"`
	Assembly   string `json:"assembly"`
	Linkname   string `json:"linkname"`
	Constraint string `json:"constraint"`
}
