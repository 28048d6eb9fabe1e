"""What a Go program is made of: its files, which a build must depend on, and its packages.

`go list` knows them, and takes longer than a whole build with nothing to do. Its answer is kept
beside a note of every file and folder that it follows from, and is asked for again only when one
of those changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wasmtrim import atomic, process, reading
from wasmtrim.errors import ToolError
from wasmtrim.records.fields import OWN, THIRD_PARTY
from wasmtrim.toolchain import newer_go

TIMEOUT_SECONDS = 120.0
_FORM = 5  # of the kept answer: one of another form is asked for again
_FIELDS = (
    "Dir,ImportPath,DepOnly,Standard,Module,Error,DepsErrors,GoFiles,CgoFiles,CFiles,CXXFiles,"
    "HFiles,SFiles,SysoFiles,EmbedFiles,EmbedPatterns,Imports,ImportMap"
)
_CONSTRAINT = re.compile(rb"^//go:build (.+)$", re.MULTILINE)
_GO_FILE_BYTES = 16 << 20
_IS_SOURCE = re.compile(r"[^_.].*(?<!_test)\.go")
_SHOWN = 5
_MAIN = "main"  # what linkers call the package of a program
_FILES = ("GoFiles", "CgoFiles", "CFiles", "CXXFiles", "HFiles", "SFiles", "SysoFiles")


@dataclass(frozen=True)
class Question:
    """What is asked: the program's folder, the build tags, and `go` with its environment.

    `identity` says which compiler with which settings asks; another one may see other files.
    """

    folder: Path
    tags: tuple[str, ...]
    go: tuple[str, ...]
    environment: Mapping[str, str]
    identity: str

    @property
    def workspace(self) -> Path | None:
        """The go.work that counts."""
        named = self.environment.get("GOWORK", "off")
        return None if named == "off" else Path(named)

    @property
    def key(self) -> str:
        """A short name for the question, the same on every run."""
        chosen = self.workspace, self.environment.get("GOEXPERIMENT")
        parts = (_FORM, str(self.folder), self.tags, chosen, self.identity)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class GoProgram:
    """`files` are the Go sources, embedded files, go.mod and go.sum that reach the program.

    Those of Go's own library and of the module cache are left out: the compiler's version and
    go.sum pin them. `groups` says of each package, by import path, whether it is OWN or
    THIRD_PARTY; Go's own are left out. `folders` are those where another file would be one of
    the program's, and `absent` the files that would be. `imports` has what each package imports,
    Go's own too; the program's own is called as its linker calls it, `main`.
    """

    files: tuple[Path, ...]
    groups: Mapping[str, str]
    folders: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def program(question: Question, kept: Path) -> GoProgram:
    """Ask what the program is made of; `kept` is the folder for answers.

    Raises ToolError when `go list` fails in a way that building would not explain better.
    """
    path = kept / f"{question.key}.json"
    if (answer := _kept(path)) is not None:
        return answer
    packages = list(_ask(question))
    found: set[Path] = set()
    watched: set[Path] = set()
    near: set[Path] = set(_of_workspace(question))
    for package in packages:
        if not _is_local(package):
            continue
        folder = Path(package["Dir"])
        watched.add(folder)
        found |= {folder / name for kind in _FILES for name in package.get(kind) or ()}
        embedded = {folder / name for name in package.get("EmbedFiles") or ()}
        found |= embedded
        watched |= set(_folders_of(folder, package.get("EmbedPatterns") or ()))
        watched |= {file.parent for file in embedded}
        if module_file := package.get("Module", {}).get("GoMod"):
            near |= _beside(Path(module_file))
    found |= {file for file in near if file.exists()}
    groups = {
        package["ImportPath"]: _group(package)
        for package in packages
        if not package.get("Standard")
    }
    if not found or any(package.get("Error") or package.get("DepsErrors") for package in packages):
        # The compiler will say what is wrong; until then every file near by may fix it.
        near_by = {file for file in question.folder.iterdir() if file.is_file()}
        return GoProgram(tuple(sorted(found | near_by)), groups)
    made_of = GoProgram(
        tuple(sorted(found)),
        groups,
        tuple(sorted(watched)),
        tuple(sorted(near - found)),
        _imports(packages),
    )
    note = {
        "files": {str(file): _stamp(file) for file in made_of.files},
        "folders": {str(folder): _listing(folder) for folder in made_of.folders},
        "absent": [str(file) for file in made_of.absent],
        "groups": groups,
        "imports": made_of.imports,
    }
    atomic.write_text(path, json.dumps(note))
    return made_of


def constraints(folder: Path) -> Iterator[str]:
    """Yield what each Go file of a folder asks of a build, a line a file; the first few of them."""
    names = sorted(name for name in _listing(folder) if _IS_SOURCE.fullmatch(name))
    for name in names[:_SHOWN]:
        asked = _CONSTRAINT.search(reading.whole(folder / name, "a Go file", _GO_FILE_BYTES))
        yield f"{name}: {asked[1].decode(errors='replace') if asked else 'see its name'}"


def _ask(question: Question) -> Iterator[dict[str, Any]]:
    tags = (f"-tags={','.join(question.tags)}",) if question.tags else ()
    argv = (*question.go, "list", "-e", "-deps", *tags, f"-json={_FIELDS}", ".")
    finished = process.run(
        argv, timeout=TIMEOUT_SECONDS, env=question.environment, cwd=question.folder, whole=True
    )
    if finished.status != 0:
        said = newer_go(finished.said) or finished.said
        raise ToolError(f"{question.folder}: {said}\n  {process.shown(argv)}")
    text, decoder, at = finished.stdout.decode(), json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        package, end = decoder.raw_decode(text, at)
        yield package
        at = end + 1


def _of_workspace(question: Question) -> Iterator[Path]:
    """Name go.work and what decides beside it, and the go.mod of each module that it uses.

    Those decide on versions even where the program has no package of the module.
    """
    if question.workspace is None:
        return
    yield from _beside(question.workspace, "go.work.sum")
    argv = (*question.go, "work", "edit", "-json", str(question.workspace))
    finished = process.run(argv, timeout=TIMEOUT_SECONDS, env=question.environment)
    if finished.status == 0:  # else the compiler will say what is wrong
        for used in json.loads(finished.stdout).get("Use") or ():
            yield from _beside(question.workspace.parent / used["DiskPath"] / "go.mod")


def _group(package: Mapping[str, Any]) -> str:
    """Tell the main module's packages, and those of no module, from those of others."""
    module = package.get("Module")
    return OWN if module is None or module.get("Main") else THIRD_PARTY


def _imports(packages: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """What each package imports of the others, by their import paths."""
    called = {
        package["ImportPath"]: package["ImportPath"] if package.get("DepOnly") else _MAIN
        for package in packages
    }
    found = {}
    for package in packages:
        meant = package.get("ImportMap") or {}  # a vendored package is not called as it is imported
        asked = (meant.get(name, name) for name in package.get("Imports") or ())
        found[called[package["ImportPath"]]] = tuple(called[n] for n in asked if n in called)
    return found


def _is_local(package: Mapping[str, Any]) -> bool:
    """Tell a package whose files someone may edit: the module cache's are under go.sum's hashes.

    It is of the main module, of a folder that replaces a module, or vendored (a module without a
    folder of its own).
    """
    module = package.get("Module")
    if package.get("Standard") or module is None:
        return False
    replacement = module.get("Replace")
    replaced = replacement is not None and not replacement.get("Version")
    return bool(module.get("Main") or replaced or not module.get("Dir"))


def _beside(module: Path, sums: str = "go.sum") -> set[Path]:
    """Name go.mod, and what decides beside it, whether it is there or not."""
    return {module, module.with_name(sums), module.parent / "vendor" / "modules.txt"}


def _folders_of(folder: Path, patterns: Sequence[str]) -> Iterator[Path]:
    """Yield the folders in which a new file would match an embed pattern."""
    for pattern in patterns:
        for matched in folder.glob(pattern.removeprefix("all:")):
            yield matched.parent
            if matched.is_dir():
                yield from (Path(root) for root, _, _ in os.walk(matched))


def _kept(path: Path) -> GoProgram | None:
    """Read a kept answer; None where there is none, or something that it follows from changed."""
    try:
        note = json.loads(path.read_text())
        if (
            all(_stamp(Path(file)) == stamp for file, stamp in note["files"].items())
            and all(_listing(Path(folder)) == names for folder, names in note["folders"].items())
            and not any(Path(file).exists() for file in note["absent"])
        ):
            paths = (tuple(map(Path, note[key])) for key in ("files", "folders", "absent"))
            files, folders, absent = paths
            imports = {name: tuple(found) for name, found in note["imports"].items()}
            return GoProgram(files, dict(note["groups"]), folders, absent, imports)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # it is gone, damaged or of another form
    return None


def _stamp(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_mtime_ns, status.st_size, status.st_ino]


def _listing(folder: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(folder))
