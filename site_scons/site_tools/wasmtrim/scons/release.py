"""`WasmRelease`: the profiles that a run of scons releases, and what is made of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import Alias, AlwaysBuild, Clean, Dir, GetOption, Help

from wasmtrim import profile as profiles
from wasmtrim import spelling
from wasmtrim.errors import UsageError, WasmtrimError
from wasmtrim.scons import baseline, compiler_choice, tune
from wasmtrim.scons.build import (
    DIST_FOLDER,
    RUNS_FOLDER,
    STAGES_FOLDER,
    WORK_FOLDER,
    Build,
    as_build_error,
    as_stop_error,
)
from wasmtrim.scons.chain import Shipped, chain
from wasmtrim.scons.nodes import provenance, sums
from wasmtrim.scons.options import HELP, Options, help_on

ALIAS = "release"
# Of a folder where a profile needs a file, or the other way round.
_SCONS_REFUSAL = re.compile(r"found where (file|directory) expected|Tried to lookup")


class Releases:
    """The profiles that this run of scons releases."""

    def __init__(self, build: Build, options: Options) -> None:
        self.build = build
        self.options = options
        self.known: list[str] = []
        self.shipped: list[Shipped] = []
        self.common: Any = None  # the environment of what all profiles share

    def add(self, env: Any, source: object) -> list[Node]:
        """Release profiles: a YAML file, a folder of them, or a list of both.

        The builder method `env.WasmRelease`. Gives the nodes of the modules in dist/.
        """
        try:
            shipped = [s for path in self._files(source) if (s := self._profile(env, path))]
        except WasmtrimError as error:
            raise as_stop_error(error) from None
        except TypeError as error:
            if not _SCONS_REFUSAL.search(str(error)):
                raise
            raise as_stop_error(UsageError(str(error))) from None
        self.shipped += shipped
        modules = [each.module for each in shipped]
        # A module is taken apart before it is judged: it is asked for most where it fails.
        alias = Alias(ALIAS, [node for each in shipped for node in (each.breakdown, each.module)])
        Alias(ALIAS, [each.result for each in shipped])
        self._baseline(env, shipped)
        if self.options.profile is None:
            # They speak of a whole release, so one profile alone doesn't write them.
            self.common = self.common or env  # one for all calls: the files are the same ones
            Alias(ALIAS, self.common.WasmSums(f"{DIST_FOLDER}/{sums.FILE}", modules))
            records = [each.sizes for each in shipped]
            origin = f"{DIST_FOLDER}/{provenance.FILE}"
            Alias(ALIAS, self.common.WasmProvenance(origin, records))
        if self.options.profile not in (None, *self.known):
            # Another call may know it yet, so the refusal waits until all SConscripts are read.
            AlwaysBuild(Alias(ALIAS, [], env.Action(self._refuse_unknown, None)))
        if GetOption("clean"):
            self._clean(alias, [each.verdict for each in shipped])
        return modules

    def _clean(self, alias: Any, verdicts: list[Node]) -> None:
        """Say what goes with the release, besides the files of its nodes."""
        from wasmtrim import report

        made = (STAGES_FOLDER, RUNS_FOLDER, WORK_FOLDER, f"{DIST_FOLDER}/{report.FOLDER}")
        Clean([alias, *verdicts], [Dir(folder) for folder in made])

    def _baseline(self, env: Any, shipped: Sequence[Shipped]) -> None:
        """Add to what `scons baseline` rewrites: it takes what was verified, judged or not."""
        sources = [
            node
            for each in shipped
            for node in (each.last, each.verdict, each.sizes, *each.known_by)
        ]
        released = {each.profile: (each.last, each.waivers) for each in shipped}
        action = baseline.rewrite(self.build, released, dirty=self.options.dirty)
        AlwaysBuild(Alias(baseline.ALIAS, sources, env.Action(action, None)))

    def _files(self, source: object) -> Iterable[Path]:
        for entry in source if isinstance(source, list | tuple) else [source]:
            path = Path(Dir("#").File(str(entry)).abspath) if str(entry).endswith(".yaml") else None
            if path is not None:
                yield path
                continue
            folder = Path(Dir(str(entry)).srcnode().abspath)
            files = sorted(folder.glob("*.yaml"))
            if not files:
                raise UsageError(f"{entry}: no profile (*.yaml) in this folder")
            yield from files

    def _profile(self, env: Any, path: Path) -> Shipped | None:
        """Chain one profile's nodes; None where the user asked for another."""
        name = path.stem
        if name in self.known:
            raise UsageError(f"{path}: there is a profile {name} already; name one otherwise")
        if not self.known:
            Help(HELP, append=True, local_only=True)
        self.known.append(name)
        if self.options.profile not in (None, name):
            Help(help_on(name, ""), append=True)
            return None
        loaded = profiles.load(path, self.build.root)
        Help(help_on(name, loaded.profile.description), append=True)
        compiler = compiler_choice.choose(
            self.build, loaded.profile, no_fallback=self.options.no_fallback
        )
        anyway = self.options.deliver_anyway
        shipped = chain(env, self.build, loaded, compiler, deliver_anyway=anyway)
        named = compiler.name if compiler else None
        search = env.Action(tune.action(self.build, loaded, named, self.options), None)
        AlwaysBuild(Alias(tune.ALIAS, shipped.chain[0], search))
        return shipped

    def _refuse_unknown(self, target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG002
        """Refuse a `profile=` that no profile answers to, once all SConscripts are read."""
        name = self.options.profile
        if name is None or name in self.known:
            return
        hint = spelling.nearest(name, self.known)
        known = ", ".join(sorted(self.known))
        error = UsageError(f"profile={name}: no such profile; {hint}the profiles are {known}")
        raise as_build_error(error, target[0])
