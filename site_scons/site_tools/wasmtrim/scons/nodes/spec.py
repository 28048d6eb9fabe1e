"""What every kind of node says of itself: targets, sources, signature, how it is made."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from SCons.Node import Node

from wasmtrim.scons import signature
from wasmtrim.scons.build import Build

GIVEN = "_WASMTRIM_SPEC"  # the construction variable by which `declare` hands a spec to its builder


@dataclass(frozen=True)
class NodeSpec(ABC):
    """A node of ours. `target` is its first file, which carries the spec.

    A kind adds fields. Every node in a field that is no target is a source: alone, in a tuple, or
    in a dataclass. Who makes the node uses the fields, so no order of sources means anything.

    `make` runs in a thread, so a kind's file imports all that it needs at its top: two threads
    that import parts of one package at once can wait for each other.
    """

    build: Build
    target: Node

    @property
    @abstractmethod
    def builder(self) -> str:
        """The name of its builder."""

    @abstractmethod
    def signature(self) -> object:
        """Return the value whose change, beside that of a source, makes the node out of date."""

    @cached_property
    def digest(self) -> str:
        """The signature, condensed. SCons asks for it several times, for each target."""
        return signature.digest(self.signature())

    @abstractmethod
    def make(self) -> None:
        """Make the node's files. Raises WasmtrimError or OSError, and then leaves none of them."""

    def targets(self) -> list[Node]:
        """Return all files that it makes, `target` first."""
        return [self.target]

    def sources(self) -> list[Node]:
        """Return all nodes that it depends on, in the order of the fields."""
        targets = self.targets()
        held = (getattr(self, field.name) for field in dataclasses.fields(self))
        return [node for node in _nodes(held) if node not in targets]

    def declare(self, env: Any) -> Node:
        """Tell SCons of the node; gives its target."""
        builder = getattr(env, self.builder)
        builder(self.target, self.sources(), **{GIVEN: self})
        return self.target


def _nodes(values: Iterable[object]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _nodes(value)
        elif dataclasses.is_dataclass(value) and not isinstance(value, NodeSpec | type):
            yield from _nodes(getattr(value, field.name) for field in dataclasses.fields(value))


def attach(spec: NodeSpec) -> None:
    """Let the target carry its spec, and each file know what makes it."""
    spec.target.attributes.wasmtrim = spec
    for node in spec.targets():
        node.attributes.wasmtrim_maker = spec


def maker_of(node: Node) -> NodeSpec | None:
    """Return the spec that makes a file; None where the file is not ours."""
    maker = getattr(node.attributes, "wasmtrim_maker", None)
    return maker if isinstance(maker, NodeSpec) else None


def spec_of(node: Node) -> NodeSpec | None:
    """Return the spec that a node carries; None where the node is not ours."""
    spec = getattr(node.attributes, "wasmtrim", None)
    return spec if isinstance(spec, NodeSpec) else None
