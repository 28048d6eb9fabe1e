"""The baseline: the committed state of a profile, one thing a line, so that its diff is a report.

`config/baselines/PROFILE.COMPILER.json`: modules of different compilers are never compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from wasmtrim import atomic, git, records
from wasmtrim.attribution.packages.naming import UNKNOWN_PACKAGE
from wasmtrim.attribution.packages.package_shares import Share
from wasmtrim.errors import UsageError
from wasmtrim.records import Release
from wasmtrim.records.baseline import (
    BaselineRecord,
    BaselineStage,
    Function,
    Overhead,
    Package,
    Section,
)
from wasmtrim.records.fields import METRICS
from wasmtrim.regression import FOLDER, inventory, waiver, work
from wasmtrim.regression.inventory import Costs, FunctionSize, Inventory
from wasmtrim.regression.match import normalised
from wasmtrim.regression.snapshot import Snapshot
from wasmtrim.sizes import sha256
from wasmtrim.wording import listed

if TYPE_CHECKING:
    from wasmtrim.profile import Waiver

COMMAND: Final = "scons baseline"
_READY_MODULE = "module"  # stands for the compiler where there was none
_TYPE: Final = re.compile(r"func\(.*")  # in place of a name


def path_of(root: Path, release: Release) -> Path:
    """Name the file of the baseline that a release is compared with."""
    compiler = release.compiler.name if release.compiler else _READY_MODULE
    return root / FOLDER / f"{release.profile}.{compiler}.json"


def find(root: Path, release: Release) -> BaselineRecord | None:
    """Read the baseline that this release is compared with; None where there is none."""
    file = path_of(root, release)
    if not file.is_file():
        return None
    return records.BASELINE.read(file, label_of(release))


def label_of(release: Release) -> str:
    """Name the baseline of a release to the reader."""
    return f"baseline {path_of(Path(), release).as_posix()}"


def of_release(
    release: Release,
    held: Inventory,
    waivers: Mapping[str, int] = MappingProxyType({}),
    counted: Mapping[str, int] | None = None,
) -> BaselineRecord:
    """Return the content of the file.

    `held` is what the module that ships is made of, `waivers` those that stand in its profile,
    `counted` its work.
    """
    gzip, brotli = held.costs("gzip"), held.costs("brotli")
    assert gzip
    assert brotli
    return BaselineRecord(
        profile=release.profile,
        compiler=release.compiler,
        features=release.features,
        compressors=release.compressors,
        stages=tuple(map(BaselineStage.of, release.stages)),
        compressed_overhead=Overhead(gzip.overhead, brotli.overhead),
        sections={
            name: Section(size, gzip.sections[name], brotli.sections[name])
            for name, size in held.sections.items()
        },
        packages={
            name: Package(
                group=share.group,
                functions=share.functions,
                raw=share.bytes,
                gzip=gzip.packages[name],
                brotli=brotli.packages[name],
                approximate=share.approximate,
            )
            for name, share in sorted(held.packages.items())
        },
        functions=tuple(sorted(map(_entry, held.functions))),
        imports=held.imports,
        exports=held.exports,
        work=counted or {},
        inlined=held.inlined,
        waivers=waivers,
    )


def of_record(record: BaselineRecord, label: str) -> Snapshot:
    """Return the state that a baseline keeps; `label` names it to the reader."""
    groups = {name: share.group for name, share in record.packages.items()}
    overhead = record.compressed_overhead
    held = Inventory(
        sections={name: size.raw for name, size in record.sections.items()},
        functions=tuple(_function(entry, groups) for entry in record.functions),
        imports=record.imports,
        exports=record.exports,
        known_costs={
            "gzip": Costs(
                {name: size.gzip for name, size in record.sections.items()},
                {name: share.gzip for name, share in record.packages.items()},
                overhead.gzip,
            ),
            "brotli": Costs(
                {name: size.brotli for name, size in record.sections.items()},
                {name: share.brotli for name, share in record.packages.items()},
                overhead.brotli,
            ),
        },
        known_packages={
            name: Share(share.group, share.raw, share.functions, share.approximate)
            for name, share in record.packages.items()
        },
        inlined=record.inlined,
    )
    release = Release(
        profile=record.profile,
        compiler=record.compiler,
        features=record.features,
        groups={},
        compressors=record.compressors,
        stages=tuple(stage.stage for stage in record.stages),
        notes=(),
    )
    return Snapshot(label, release.shipped.size, release, held, work=record.work or None)


def update(
    root: Path, dist: Path, modules: Mapping[str, tuple[Path, Sequence[Waiver]]], *, dirty: bool
) -> Iterator[str]:
    """Write the baselines of `modules`, by profile, whose records lie in `dist`.

    Each is there with the waivers of its profile. Yields a line for each value, old => new. A
    module over its budget is not in `dist` itself.

    Raises UsageError where the sources have changes that aren't committed, unless `dirty`:
    a baseline is to be the state of a commit.
    """
    if not dirty:
        _refuse_dirty(root)
    for profile, (module, waivers) in modules.items():
        release = records.SIZES.read(dist / f"{profile}.sizes.json")
        try:
            record = find(root, release)
        except UsageError:  # of another version, or broken by hand: this is what fixes it
            record = None
        old = of_record(record, "") if record else None
        held = _contents(dist / f"{profile}.wasm", module, release)
        counted = work.beside(dist / f"{profile}.sizes.json", release.shipped.size.sha256)
        fresh = of_release(release, held, waiver.standing(waivers), counted)
        file = path_of(root, release)
        text = records.BASELINE.text(fresh).encode()
        if not file.is_file() or file.read_bytes() != text:
            atomic.write_bytes(file, text)
        yield from _told(str(file.relative_to(root)), old, of_record(fresh, ""))


def _contents(delivered: Path, module: Path, release: Release) -> Inventory:
    data = module.read_bytes() if module.is_file() else b""
    if sha256(data) != release.shipped.size.sha256:
        raise UsageError(
            f"{module}: not the module that {release.profile}.sizes.json tells of;"
            f" run `scons release profile={release.profile}` first"
        )
    return inventory.of_file(delivered, data)


def _told(name: str, old: Snapshot | None, new: Snapshot) -> Iterator[str]:
    """Say what changed: figures always, names where they came or went."""
    before, after = _figures(old), _figures(new)
    if old is None:
        figures = ", ".join(f"{key} {after[key]:,}" for key in METRICS)
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


def _entry(function: FunctionSize) -> Function:
    """A function's row; one without a name has its type, which outlives a build."""
    name = normalised(function.name) or function.type
    return Function(function.package, name, function.bytes)


def _function(entry: Function, groups: Mapping[str, str]) -> FunctionSize:
    group = groups.get(entry.package, "unknown")
    if entry.package == UNKNOWN_PACKAGE and _TYPE.fullmatch(entry.name):
        return FunctionSize("", entry.package, group, entry.bytes, type=entry.name)
    return FunctionSize(entry.name, entry.package, group, entry.bytes)


def _refuse_dirty(root: Path) -> None:
    ended = git.run(root, "status", "--porcelain", "--", ".", f":(exclude){FOLDER.as_posix()}")
    if ended.status == 0 and ended.stdout:
        files = [line[3:] for line in ended.stdout.decode(errors="replace").splitlines()]
        raise UsageError(
            "a baseline is the state of a commit, but these files have changes that are not"
            f" committed: {listed(files, 3)}; commit them, or run `{COMMAND} dirty=1`"
        )
