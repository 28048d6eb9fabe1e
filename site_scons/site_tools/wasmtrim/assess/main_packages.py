"""The main packages of a folder, as `go list` names them for WASI."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from wasmtrim import process
from wasmtrim.assess.facts import Main
from wasmtrim.compilers import environment
from wasmtrim.errors import ToolError
from wasmtrim.toolchain import newer_go
from wasmtrim.toolchain.locate import Tool

_SECONDS: Final = 120.0
_FORM: Final = '{{if eq .Name "main"}}{{.ImportPath}}\t{{.Dir}}{{end}}'


def find(folder: Path, root: Path, go: Tool) -> list[Main]:
    """Return the main packages in `folder` and below; their folders are relative to `root`.

    Raises ToolError with the words of `go list` where it fails.
    """
    argv = (*go.argv, "list", "-e", "-f", _FORM, "./...")
    with tempfile.TemporaryDirectory() as temporary:
        fixed = environment.fixed((Path(go.argv[0]).parent,), Path(temporary))
        finished = process.run(
            argv, timeout=_SECONDS, env={**fixed, **go.env}, cwd=folder, whole=True
        )
    if finished.status != 0:
        said = newer_go(finished.said) or finished.said
        raise ToolError(f"{folder}: {said}\n  {process.shown(argv)}")
    rows = [line.split("\t") for line in finished.stdout.decode().splitlines() if "\t" in line]
    return [
        Main(package, Path(at).relative_to(root.resolve()).as_posix())
        for package, at in rows
        if Path(at).is_relative_to(root.resolve())
    ]
