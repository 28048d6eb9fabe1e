"""npm packages, by the ordinary npm client: its settings for registries, mirrors, proxies hold."""

from __future__ import annotations

import os
from pathlib import Path

from wasmtrim import atomic, process
from wasmtrim.errors import NotFetched, ToolError
from wasmtrim.toolchain.pins import Npm

SECONDS = 600.0


def pack(npm: tuple[str, ...], package: Npm, to: Path, root: Path) -> None:
    """Let npm download the package's packed file to `to`, in the project's folder `root`.

    Nothing of the package is run. Raises NotFetched with npm's own words when that fails.
    """
    with atomic.folder(to.parent, f".{to.name}.") as folder:
        spec = f"{package.name}@{package.version}"
        options = ("--ignore-scripts", "--silent", "--pack-destination", str(folder))
        argv = (*npm, "pack", spec, *options)
        try:
            ended = process.run(argv, timeout=SECONDS, cwd=root, env=_environment(npm))
        except ToolError as error:
            raise NotFetched(str(error), f"try by hand: npm pack {spec}") from None
        brought = list(folder.glob("*.tgz"))
        if ended.status != 0 or len(brought) != 1:
            lines = [line for line in ended.said.splitlines() if line.strip()]
            said = "; ".join(lines[:4]) or "it said nothing"
            raise NotFetched(f"npm pack {spec}: {ended.ended}: {said}", f"npm pack {spec}")
        brought[0].replace(to)


def _environment(npm: tuple[str, ...]) -> dict[str, str]:
    """Ours, with npm's own folder first: there is the `node` that it starts by name."""
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": os.pathsep.join([str(Path(npm[0]).parent), path])}
