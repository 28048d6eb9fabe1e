"""SCons' CacheDir, which clones share: what comes out of it is checked by size and hash."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from pathlib import Path

import SCons.Action
from SCons.CacheDir import CacheDir
from SCons.Node import Node

from wasmtrim import atomic
from wasmtrim.scons.nodes.spec import maker_of


class CheckedCacheDir(CacheDir):  # type: ignore[misc]  # SCons has no types
    """A CacheDir with an empty file beside each entry of ours, whose name ends in size and hash.

    Two builds that push one entry at a time may differ in bytes: either fits one of the two files.
    """

    def retrieve(self, node: Node) -> bool:
        """Copy a node's file out of the cache; False where the cache has none, or a damaged one."""
        if not super().retrieve(node):
            return False
        spec = maker_of(node)
        if spec is None or not SCons.Action.execute_actions:
            return True
        path, entry = Path(node.abspath), Path(self.cachepath(node)[1])
        if not path.is_symlink() and _mark(entry, path).exists():
            return True
        shown = os.path.relpath(path, spec.build.root)
        told = "its copy in the cache is not what was put there, so it is made again"
        print(f"wasmtrim: {shown}: {told}", file=sys.stderr, flush=True)
        path.unlink()
        if not self.is_readonly():
            with contextlib.suppress(OSError):
                entry.unlink()
        return False

    def push(self, node: Node) -> object:
        """Copy a node's file into the cache, after its size and hash: no entry lacks them."""
        if maker_of(node) and self.is_enabled() and not (self.is_readonly() or node.nocache):
            path, entry = Path(node.abspath), Path(self.cachepath(node)[1])
            with contextlib.suppress(OSError):  # SCons warns of what it cannot write there
                atomic.write_bytes(_mark(entry, path), b"")
        return super().push(node)


def _mark(entry: Path, file: Path) -> Path:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return entry.with_name(f"{entry.name}.{file.stat().st_size}-{digest}")
