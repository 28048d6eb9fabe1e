"""`scons baseline`: the records of dist/ become the committed baselines. An action, not a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SCons.Node import Node

from wasmtrim.errors import WasmtrimError
from wasmtrim.scons.build import DIST_FOLDER, Build, as_build_error, path_of

ALIAS = "baseline"


def rewrite(build: Build, modules: Mapping[str, Node], *, dirty: bool) -> Any:
    """Give the action that writes the baselines of these modules, by profile."""

    def act(target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG001
        from wasmtrim.regression import baseline

        try:
            dist = build.folder(DIST_FOLDER)
            verified = {name: path_of(node) for name, node in modules.items()}
            for line in baseline.update(build.root, dist, verified, dirty=dirty):
                print(line)
        except (WasmtrimError, OSError) as error:
            raise as_build_error(error, target[0]) from None

    return act
