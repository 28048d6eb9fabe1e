"""The end of a release: what of it is settled, for the next one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from SCons.Node import executed, up_to_date

from wasmtrim.regression import history
from wasmtrim.report.model import Picture, ProfileReport, Report, Verdict
from wasmtrim.scons import settled, watched
from wasmtrim.scons.build import DIST_FOLDER, Build
from wasmtrim.scons.chain import Shipped
from wasmtrim.scons.nodes import provenance, sums
from wasmtrim.scons.release import Releases, Standing
from wasmtrim.scons.settled import Ledger, Settled, Whole
from wasmtrim.sizes import sha256
from wasmtrim.toolchain.pins import PROJECT_FILE


def settle(
    releases: Releases,
    asked: Sequence[Shipped | Standing],
    told: Report,
    written: Sequence[Path],
    table: str,
    pictures: Mapping[str, Sequence[Picture]],
) -> None:
    """Note of which profiles nothing is to be done, while nothing changes.

    `told` is the report, `written` its files, `table` what was printed. What changed while scons
    ran may have been read before or after, so it settles nothing.
    """
    build, ledger, moment = releases.build, releases.ledger, releases.moment
    if not settled.is_plain(releases.options):
        return None
    around = ledger.around
    if moment is not None:
        known = around.watched if around else watched.Watched()
        files = (*known.files, *_around(build), *releases.described)
        folders = (*known.folders, str(build.locator.store.folder))
        around = settled.noted(watched.of(files, folders))
        if around.watched.changed_since(moment):
            return settled.forget(build)
    profiles = {name: each for name, each in ledger.profiles.items() if name in releases.known}
    reports = {each.name: each for each in told.profiles}
    for each in asked:
        if not isinstance(each, Standing):
            found = _settled(releases, each, reports[each.profile], pictures[each.profile])
            profiles.pop(each.profile, None)
            profiles |= {each.profile: found} if found else {}
    whole = _whole(releases, asked, written, table) if told.ok else None
    content = Ledger(around, profiles, whole)
    if content != ledger:
        settled.write(build, releases.options, content)
    return None


def _settled(
    releases: Releases, shipped: Shipped, told: ProfileReport, pictures: Sequence[Picture]
) -> Settled | None:
    """Note a profile that was released; None where it is to be looked at again."""
    inputs, moment = releases.inputs.get(shipped.profile), releases.moment
    nodes = (shipped.module, shipped.verdict, shipped.result, shipped.breakdown)
    done = all(node.get_state() in (executed, up_to_date) for node in nodes)
    if inputs is None or moment is None or not done or told.verdict is not Verdict.PASSED:
        return None
    module = Path(shipped.module.abspath)
    verified = told.release is not None and told.release.shipped.sha256 == sha256(
        module.read_bytes()
    )
    if not verified or inputs.read.changed_since(moment):
        return None
    files = watched.of((*inputs.read.files, *inputs.made.files), inputs.read.folders)
    shown = tuple((each.what, str(each.file), each.case) for each in pictures)
    file = str(shipped.loaded.files[0])
    return Settled(file, str(module), settled.noted(files), inputs.until, shown)


def _whole(
    releases: Releases, asked: Sequence[Shipped | Standing], written: Sequence[Path], table: str
) -> Whole | None:
    """Note what is made of all profiles; nothing of it is made where the user asks for one."""
    if releases.options.profile is not None:
        return None
    dist, past = releases.build.folder(DIST_FOLDER), releases.build.root / history.FILE
    if releases.moment is not None and watched.of([str(past)]).changed_since(releases.moment):
        return None
    searches = [dist / f"{each.profile}.tuning.json" for each in asked]  # the report shows them
    files = (*written, dist / sums.FILE, dist / provenance.FILE, past, *searches)
    return Whole(
        tuple(each.profile for each in asked),
        releases.origin,
        settled.noted(watched.of(map(str, files))),
        settled.look(sys.stdout),
        table,
    )


def _around(build: Build) -> Iterator[str]:
    """Name the files that every profile depends on: programs, our code, what SConscripts import."""
    yield str(build.root / PROJECT_FILE)
    yield from settled.own_files()
    yield from map(str, build.locator.candidates())
    for tool in build.locator.found:
        yield from (word for word in tool.argv if word.startswith(os.sep))
    within = f"{build.root}{os.sep}"
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.startswith(within) and "site-packages" not in file:
            yield file
