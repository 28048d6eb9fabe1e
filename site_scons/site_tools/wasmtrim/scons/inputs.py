"""What a profile's release depends on: the files that its nodes read and make, and others."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from SCons.Node import FS, Node

from wasmtrim import records, regression
from wasmtrim.compilers import workspace
from wasmtrim.profile import Loaded
from wasmtrim.profile.inherit import TARGETS
from wasmtrim.scons import watched
from wasmtrim.scons.build import Build
from wasmtrim.scons.chain import Shipped
from wasmtrim.scons.nodes.compile import CompileSpec
from wasmtrim.scons.nodes.spec import NodeSpec, maker_of
from wasmtrim.scons.touched import is_added_to
from wasmtrim.scons.watched import Watched

_RETRIED_SECONDS = 3600.0  # until a compiler that another one stands in for is looked for again


@dataclass(frozen=True)
class Inputs:
    """What is `read` and what is `made` for a profile; `until` is as `settled.Settled` has it."""

    read: Watched
    made: Watched
    until: float | None


def of(build: Build, shipped: Shipped) -> Inputs | None:
    """Return what a profile depends on; None where the user's SConstruct adds to its nodes.

    Only before they are built: SCons then forgets what it was told of a node.
    """
    read: list[str] = []
    made: list[str] = []
    folders: list[Path] = [build.root / regression.FOLDER]
    for spec in _specs([shipped.breakdown, shipped.result, shipped.verdict, *shipped.known_by]):
        if any(is_added_to(node) for node in spec.targets()):
            return None
        made += [node.abspath for node in spec.targets()]
        for node in spec.sources():
            if maker_of(node) is None:
                if not _is_plain(node):
                    return None
                read.append(node.abspath)
        if isinstance(spec, CompileSpec):
            if spec.program.go_work != workspace.Workspace():
                return None  # whether it counts is for git to say
            program = spec.program.listed()
            read += map(str, program.absent)
            read += map(str, _upwards(spec.program.folder, build.root))
            folders += program.folders
    read += map(str, _of_profile(shipped.loaded, build.root))
    folders += _folders_of_profile(shipped.loaded, build.root)
    return Inputs(watched.of(read, map(str, folders)), watched.of(made), _until(shipped))


def _specs(nodes: list[Node]) -> Iterator[NodeSpec]:
    """Yield the spec of each node that these depend on, theirs too."""
    seen: set[int] = set()
    left = nodes
    while left:
        spec = maker_of(left.pop())
        if spec is not None and id(spec) not in seen:
            seen.add(id(spec))
            yield spec
            left += spec.sources()


def _is_plain(node: Node) -> bool:
    """Return whether a node is a file in its place, which nothing makes."""
    here = isinstance(node, FS.File) and node.srcnode() is node and node.rfile() is node
    return here and not node.has_builder() and not is_added_to(node)


def _upwards(folder: Path, root: Path) -> Iterator[Path]:
    within = [folder, *folder.parents] if folder.is_relative_to(root) else []
    return (each / workspace.FILE for each in within if each.is_relative_to(root))


def _of_profile(loaded: Loaded, root: Path) -> Iterator[Path]:
    """Yield a profile's files, those that would stand in for what it extends, and its figure."""
    for file in loaded.files:
        yield file
        if file.parent == TARGETS:
            yield loaded.files[0].with_name(file.name)
    yield root / records.STRENGTH_FOLDER / f"{loaded.name}.json"


def _folders_of_profile(loaded: Loaded, root: Path) -> Iterator[Path]:
    profile = loaded.profile
    if profile.nn and profile.nn.models:
        yield root / profile.nn.models
    component = profile.component
    for named in (profile.contract.wit, component.wit if component else None):
        if named is not None and (root / named).is_dir():
            yield from (Path(folder) for folder, _, _ in os.walk(root / named))


def _until(shipped: Shipped) -> float | None:
    ends = []
    if shipped.fallback:
        ends.append(time.time() + _RETRIED_SECONDS)
    if shipped.waivers:
        tomorrow = datetime.date.today() + datetime.timedelta(days=1)
        ends.append(datetime.datetime.combine(tomorrow, datetime.time.min).timestamp())
    return min(ends, default=None)
