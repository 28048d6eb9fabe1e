"""What a user's SConstruct says of files: who makes them, an action more, a dependency."""

from __future__ import annotations

from collections.abc import Container, Iterator

from SCons.Node import FS, Node

from wasmtrim.scons.nodes.spec import maker_of


def first(folder: Node, files: Container[str]) -> Node | None:
    """Return the first of these files, below a folder, of which the SConstruct says something."""
    return next(
        (node for node in _below(folder) if node.abspath in files and _is_touched(node)), None
    )


def is_added_to(node: Node) -> bool:
    """Return whether the SConstruct adds an action, a dependency or the like to a node."""
    ours = all(maker_of(each) for each in node.prerequisites or ())
    added = [
        each for each in node.depends or () if not getattr(each.attributes, "wasmtrim_looks", False)
    ]
    executor = node.get_executor(create=False) if hasattr(node, "executor") else None
    actions = [*getattr(executor, "pre_actions", ()), *getattr(executor, "post_actions", ())]
    told = node.ignore or node.side_effects or node.side_effect or node.always_build
    return bool(added or actions or told or not ours)


def _is_touched(node: Node) -> bool:
    return bool(node.has_builder() and maker_of(node) is None) or is_added_to(node)


def _below(folder: Node) -> Iterator[Node]:
    """Yield the files that SConscripts named, whether they are there or not."""
    for name, node in list(folder.entries.items()):
        if name in (".", ".."):
            continue
        if isinstance(node, FS.Dir):
            yield from _below(node)
        else:
            yield node
