"""A repository made for a test; what is built there is a ready module."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

PROFILE = """extends: edge
module: vendor/any.wasm
stages: []
contract: {imports: {"env.*": any}, exports: {_start: any, memory: null}}
budget: [{metric: raw, growth: 10}, {metric: imports, growth: 0}]
"""
SMALL = '(module (func (export "_start")))'
LARGE = """(module (import "env" "log" (func $log (param i32)))
  (func (export "_start") (call $log (i32.const 1)) (call $log (i32.const 2))))"""


class Repository:
    def __init__(self, path: Path, assemble: Callable[[str], bytes]) -> None:
        self.path = path
        self._assemble = assemble
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "A")
        self.git("config", "user.email", "a@example.com")
        (path / ".gitignore").write_text("build/\ndist/\n.sconsign.dblite\n")

    def git(self, *words: str) -> str:
        argv = ["git", *words]
        ran = subprocess.run(argv, cwd=self.path, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    def commit(self, module: str) -> str:
        (self.path / "vendor").mkdir(exist_ok=True)
        (self.path / "vendor" / "any.wasm").write_bytes(self._assemble(module))
        profiles = self.path / "config" / "profiles"
        profiles.mkdir(parents=True, exist_ok=True)
        (profiles / "any.yaml").write_text(PROFILE)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")
