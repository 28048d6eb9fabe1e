"""`scons baseline`: the records of dist/ become the committed baselines. An action, not a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from SCons.Node import Node

from wasmtrim.errors import WasmtrimError
from wasmtrim.profile import Waiver
from wasmtrim.scons.build import DIST_FOLDER, Build, as_build_error, path_of
from wasmtrim.scons.mending import mended


def rewrite(
    build: Build, modules: Mapping[str, tuple[Node, Sequence[Waiver]]], *, dirty: bool
) -> Any:
    """Return the action that writes the baselines of modules, by profile, with its waivers."""

    def act(target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG001
        from wasmtrim.regression import baseline

        try:
            dist = build.folder(DIST_FOLDER)
            verified = {name: (path_of(node), held) for name, (node, held) in modules.items()}

            def update() -> list[str]:
                return list(baseline.update(build.root, dist, verified, dirty=dirty))

            for line in mended(build, update):
                print(line)
        except (WasmtrimError, OSError) as error:
            raise as_build_error(error, target[0]) from None

    return act
