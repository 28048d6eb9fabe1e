"""The end of a run: what became of each profile, in the records' words."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from SCons.Node import executed, failed, no_state, up_to_date
from SCons.Script import BUILD_TARGETS, Dir, Entry, GetBuildFailures, GetOption

from wasmtrim.errors import CheckError, WasmtrimError
from wasmtrim.scons import settled, variables
from wasmtrim.scons.build import DIST_FOLDER, only_looks, path_of, words_of
from wasmtrim.scons.mending import mended
from wasmtrim.scons.nodes.spec import spec_of
from wasmtrim.scons.options import RELEASE
from wasmtrim.scons.release import Releases, Standing

if TYPE_CHECKING:
    from wasmtrim.report.model import Picture, Report
    from wasmtrim.scons.build import Build
    from wasmtrim.scons.chain import Shipped


def show(releases: Releases) -> None:
    """Print the table and the verdicts of the profiles that this run of scons was asked for.

    For the end of the process, where Python would show an interrupt as a traceback.
    """
    try:
        _show(releases)
    except KeyboardInterrupt:
        print("scons: Build interrupted.")


def _show(releases: Releases) -> None:
    asked = [each for each in releases.released.values() if _asked(each)]
    if only_looks() or not asked:
        return
    names = [each.profile for each in asked]
    _warn_of_left_over(releases)
    stands = releases.whole and len(asked) == len(releases.released)
    if stands and (GetOption("silent") or _shown_again(releases)):
        return
    from wasmtrim import report
    from wasmtrim.regression import history
    from wasmtrim.report import model, terminal
    from wasmtrim.scons import settling

    laid_out = [each for each in asked if not isinstance(each, Standing)]
    root = releases.build.root
    for shipped in laid_out:
        _take_apart(releases.build, shipped)
    problems = {shipped.profile: p for shipped in laid_out if (p := _problem(shipped, root))}
    for shipped in laid_out:
        if shipped.profile in problems or _withdrawn(releases, shipped):
            # What an earlier build shipped is not what these sources make.
            Path(shipped.module.abspath).unlink(missing_ok=True)
    dist = Path(asked[0].module.dir.abspath)
    try:
        past = history.read(releases.build.root / history.FILE)
        pictures = {each.profile: _pictures(releases.build, each) for each in asked}

        def read() -> Report:
            return model.read(dist, names, problems, past, pictures)

        try:
            told = mended(releases.build, read)
        except CheckError:  # of a module that failed before: its record is there again
            told = read()
        table = "" if GetOption("silent") else terminal.show(told, sys.stdout)
        written = report.write(told, dist / report.FOLDER)
        settling.settle(releases, asked, told, written, table, pictures)
    except BrokenPipeError:  # the reader of the output left
        pass
    except (WasmtrimError, OSError) as error:
        print(f"wasmtrim: the report: {words_of(error)}", file=sys.stderr)


def _warn_of_left_over(releases: Releases) -> None:
    """Name the modules in dist/ of profiles that are gone: who ships the folder ships them."""
    if RELEASE not in map(str, BUILD_TARGETS):
        return
    for record in sorted(Path(Dir(DIST_FOLDER).abspath).glob("*.sizes.json")):
        name = record.name.removesuffix(".sizes.json")
        if name not in releases.known and record.with_name(f"{name}.wasm").is_file():
            where = f"{DIST_FOLDER.removeprefix('#')}/{name}.wasm"
            print(
                f"wasmtrim: {where}: there is no profile {name} any more; remove the file, or"
                " it may ship",
                file=sys.stderr,
            )


def _shown_again(releases: Releases) -> bool:
    """Print the table of the last release again; False where it would look otherwise now."""
    whole = releases.ledger.whole
    if whole is None or not whole.table or whole.look != settled.look(sys.stdout):
        return False
    try:
        sys.stdout.write(whole.table)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output left
        pass
    return True


def _pictures(build: Build, shipped: Shipped | Standing) -> list[Picture]:
    """Say where the pictures of a profile's smoke run lie, if they are there."""
    from wasmtrim.report.model import DIFFERENCE, EXPECTED, GOT, Picture
    from wasmtrim.verify import picture

    if isinstance(shipped, Standing):
        return [Picture(what, Path(file), case) for what, file, case in shipped.settled.pictures]
    if shipped.run is None:
        return []
    differences = build.work / "differences" / shipped.profile
    return [
        Picture(what, file, case.name or "")
        for case, expected in shipped.pictures
        for what, file in (
            (EXPECTED, path_of(expected)),
            (GOT, path_of(shipped.run).parent / case.folder / "stdout"),
            (DIFFERENCE, differences / case.folder / picture.DIFFERENCE),
        )
    ]


def _take_apart(build: Build, shipped: Shipped) -> None:
    """Take a module apart that failed before its turn came: the report needs that most then."""
    spec = spec_of(shipped.breakdown)
    if RELEASE not in map(str, BUILD_TARGETS) or shipped.verdict.get_state() != failed or not spec:
        return
    done = (executed, up_to_date)
    made = (node for node in spec.sources() if node.has_builder())
    if shipped.breakdown.get_state() in done or any(node.get_state() not in done for node in made):
        return
    if shipped.breakdown.exists() and shipped.breakdown.is_up_to_date():
        return
    if not GetOption("silent"):
        message = f"${variables.message_of(spec.builder)}"
        print(spec.target.get_env().subst(message, target=spec.targets(), source=spec.sources()))
    with contextlib.suppress(WasmtrimError, OSError):  # the report does without
        mended(build, spec.make)


def _asked(shipped: Shipped | Standing) -> bool:
    """Return whether a profile is what was to be built, by whatever name: a target, a folder of it.

    Who asks for its record of sizes alone asks for no verdict. What an alias of the user's stands
    for shows only in the nodes that the run came to.
    """
    nodes = [shipped.module]
    if not isinstance(shipped, Standing):
        nodes.append(shipped.verdict)
    if nodes[-1].get_state() != no_state:
        return True
    targets = [str(target) for target in BUILD_TARGETS]
    named = [Entry(target).disambiguate() for target in targets]
    return RELEASE in targets or any(node.is_under(name) for node in nodes for name in named)


def _withdrawn(releases: Releases, shipped: Shipped) -> bool:
    """Return whether a profile's module failed, and the user did not ask for it all the same."""
    failing = failed in (shipped.verdict.get_state(), shipped.result.get_state())
    return failing and not releases.options.deliver_anyway


def _problem(shipped: Shipped, root: Path) -> str | None:
    """Say why a profile has no verdict of this run; None where it has one, good or bad."""
    if shipped.verdict.get_state() in (up_to_date, executed) or _failure([shipped.verdict]):
        return None  # SCons marks as failed what it did not come to, too
    failure = _failure(shipped.chain)
    if failure is None:
        return "not reached: the build stopped before; `scons -k` goes on"
    return _missing_file(shipped, failure, root) or failure


def _missing_file(shipped: Shipped, failure: str, root: Path) -> str | None:
    """Say which key of the profile names the file that SCons did not find; None for others."""
    from wasmtrim import profile

    loaded = shipped.loaded
    missing = profile.missing_files(loaded.profile, loaded.positions, root)
    return next((str(p) for path, p in missing.items() if f"Source `{path}'" in failure), None)


def _failure(chain: Sequence[object]) -> str | None:
    nodes = {str(node) for node in chain}
    for failure in GetBuildFailures():
        if str(failure.node) in nodes:
            return str(failure.errstr)
    return None
