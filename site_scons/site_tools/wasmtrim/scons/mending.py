"""A record that was damaged after it was made: told in a line, and made again by its node."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from SCons.Script import File

from wasmtrim.errors import DamagedRecord
from wasmtrim.scons.build import Build
from wasmtrim.scons.nodes.spec import maker_of

T = TypeVar("T")
_lock = threading.RLock()  # several nodes may meet the same record


def mended(build: Build, work: Callable[[], T]) -> T:
    """Do the work; a damaged record of a node of ours that it reads is made again, each once.

    Raises DamagedRecord of a record that no node makes, or that is damaged again.
    """
    met: set[Path] = set()
    while True:
        try:
            return work()
        except DamagedRecord as error:
            if error.path in met:
                raise
            met.add(error.path)
            _make_again(build, error)


def _make_again(build: Build, error: DamagedRecord) -> None:
    spec = maker_of(File(str(error.path)))
    if spec is None:
        raise error
    with _lock:
        if error.path in build.mended:
            return
        shown = os.path.relpath(error.path, build.root)
        print(f"wasmtrim: {shown}: damaged, so it is made again", file=sys.stderr, flush=True)
        mended(build, spec.make)
        build.mended.add(error.path)
        for node in spec.targets():
            # SCons has read the damaged file; what it notes of it is to be the new one's digest.
            node.clear_memoized_values()
            node.ninfo = node.new_ninfo()
