"""The baseline: the committed state of a profile, one thing a line, so that its diff is a report.

`config/baselines/PROFILE.COMPILER.json`: modules of different compilers are never compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from wasmtrim import atomic, git
from wasmtrim.errors import UsageError
from wasmtrim.regression import FOLDER, inventory, record
from wasmtrim.regression.inventory import Costs, FunctionSize, Inventory
from wasmtrim.regression.match import normalised
from wasmtrim.regression.record import Release
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import UNKNOWN_PACKAGE, sha256

COMMAND: Final = "scons baseline"
_READY_MODULE = "module"  # stands for the compiler where there was none


def path_of(root: Path, release: Release) -> Path:
    """Name the file of the baseline that a release is compared with."""
    compiler = release.compiler.name if release.compiler else _READY_MODULE
    return root / FOLDER / f"{release.profile}.{compiler}.json"


def find(root: Path, release: Release) -> Snapshot | None:
    """Read the baseline that this release is compared with; None where there is none."""
    file = path_of(root, release)
    if not file.is_file():
        return None
    return parse(file.read_text(encoding="utf-8"), f"baseline {file.relative_to(root)}")


def text(release: Release, held: Inventory) -> str:
    """Give the content of the file: JSON, each entry of a list or map on a line of its own."""
    gzip, brotli = held.costs("gzip"), held.costs("brotli")
    assert gzip
    assert brotli
    sections = {
        name: {"raw": size, "gzip": gzip.sections[name], "brotli": brotli.sections[name]}
        for name, size in held.sections.items()
    }
    packages = {
        name: {
            "group": share.group,
            "functions": share.functions,
            "raw": share.bytes,
            "gzip": gzip.packages[name],
            "brotli": brotli.packages[name],
        }
        for name, share in sorted(held.packages.items())
    }
    known = record.to_json(release)
    del known["notes"], known["groups"]
    for stage in known["stages"]:
        del stage["seconds"]
    content = known | {
        "compressed_overhead": {"gzip": gzip.overhead, "brotli": brotli.overhead},
        "sections": sections,
        "packages": packages,
        "functions": sorted(map(_entry, held.functions)),
        "imports": list(held.imports),
        "exports": list(held.exports),
    }
    return "".join(["{\n", ",\n".join(_top(content)), "\n}\n"])


def is_one(text: str) -> bool:
    """Tell a baseline from a size record."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "functions" in content and "stages" in content


def parse(text: str, where: str) -> Snapshot:
    """Read a baseline; `where` names it to the reader. Raises UsageError when it is none."""
    release = record.parse(text, where)
    content = json.loads(text)
    try:
        sections, packages = content["sections"], content["packages"]
        groups = {name: str(share["group"]) for name, share in packages.items()}
        held = Inventory(
            sections={name: int(size["raw"]) for name, size in sections.items()},
            functions=tuple(_function(entry, groups) for entry in content["functions"]),
            imports=tuple(map(str, content["imports"])),
            exports=tuple(map(str, content["exports"])),
            known_costs={
                metric: Costs(
                    {name: int(size[metric]) for name, size in sections.items()},
                    {name: int(share[metric]) for name, share in packages.items()},
                    int(content["compressed_overhead"][metric]),
                )
                for metric in ("gzip", "brotli")
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{where}: not a baseline; write it anew with `{COMMAND}`") from None
    return Snapshot(where, release.shipped.size, release, held)


def update(root: Path, dist: Path, profiles: Sequence[str], *, dirty: bool) -> Iterator[str]:
    """Write the baselines of what lies in `dist`; give a line for each value, old => new.

    Raises UsageError where the sources have changes that aren't committed, unless `dirty`:
    a baseline is to be the state of a commit.
    """
    if not dirty:
        _refuse_dirty(root)
    for profile in profiles:
        release = record.read(dist / f"{profile}.sizes.json")
        try:
            old = find(root, release)
        except UsageError:  # of another version, or broken by hand: this is what fixes it
            old = None
        fresh = text(release, _contents(dist / f"{profile}.wasm", release))
        file = path_of(root, release)
        if not file.is_file() or file.read_text(encoding="utf-8") != fresh:
            atomic.write_text(file, fresh)
        yield from _told(str(file.relative_to(root)), old, parse(fresh, ""))


def _contents(module: Path, release: Release) -> Inventory:
    data = module.read_bytes() if module.is_file() else b""
    if sha256(data) != release.shipped.size.sha256:
        raise UsageError(
            f"{module}: not the module that {release.profile}.sizes.json tells of;"
            f" run `scons release profile={release.profile}` first"
        )
    return inventory.of_file(module, data)


def _told(name: str, old: Snapshot | None, new: Snapshot) -> Iterator[str]:
    """Say what changed: figures always, names where they came or went."""
    before, after = _figures(old), _figures(new)
    if old is None:
        figures = ", ".join(f"{key} {after[key]:,}" for key in ("raw", "gzip", "brotli"))
        yield f"{name}: new: {figures}"
        return
    changed = False
    for key in {**before, **after}:
        was, now = before.get(key, 0), after.get(key, 0)
        if was != now:
            changed = True
            yield f"{name}: {key}: {was:,} => {now:,} ({now - was:+,})"
    if not changed:
        yield f"{name}: unchanged"


def _figures(snapshot: Snapshot | None) -> dict[str, int]:
    if snapshot is None:
        return {}
    assert snapshot.inventory
    size, held = snapshot.size, snapshot.inventory
    figures = {"raw": size.raw, "gzip": size.gzip, "brotli": size.brotli}
    if snapshot.fuel is not None:
        figures["fuel"] = snapshot.fuel
    figures["functions"] = len(held.functions)
    figures |= {f"section {name}": size for name, size in held.sections.items()}
    figures |= {f"package {name}": share.bytes for name, share in held.packages.items()}
    figures |= {f"import {name}": 1 for name in held.imports}
    return figures | {f"export {name}": 1 for name in held.exports}


def _entry(function: FunctionSize) -> tuple[str, str, int]:
    """Package, name and bytes; for an unknown function its type, which outlives a build."""
    return (function.package, normalised(function.name) or function.type, function.bytes)


def _function(entry: Sequence[Any], groups: Mapping[str, str]) -> FunctionSize:
    package, name, size = entry
    group = groups.get(str(package), "unknown")
    if package == UNKNOWN_PACKAGE:
        return FunctionSize("", package, group, int(size), type=str(name))
    return FunctionSize(str(name), str(package), group, int(size))


def _top(content: Mapping[str, Any]) -> Iterable[str]:
    for key, value in content.items():
        yield f"  {json.dumps(key)}: {_lines(value)}"


def _lines(value: Any) -> str:
    if isinstance(value, dict) and value:
        entries = (f"{json.dumps(key)}: {_line(item)}" for key, item in value.items())
        return "{\n    " + ",\n    ".join(entries) + "\n  }"
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(map(_line, value)) + "\n  ]"
    return _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _refuse_dirty(root: Path) -> None:
    ended = git.run(root, "status", "--porcelain", "--", ".", f":(exclude){FOLDER.as_posix()}")
    if ended.status == 0 and ended.stdout:
        files = [line[3:] for line in ended.stdout.decode(errors="replace").splitlines()]
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        raise UsageError(
            f"the baseline is to be that of a commit, but these have changes: "
            f"{', '.join(files[:3])}{more}; commit them, or say `{COMMAND} dirty=1`"
        )
