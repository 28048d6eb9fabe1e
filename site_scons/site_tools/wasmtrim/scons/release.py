"""`WasmRelease`: the profiles that a run of scons releases, and what is made of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SCons.Action import Action
from SCons.Builder import Builder
from SCons.Node import Node
from SCons.Node.Alias import default_ans
from SCons.Scanner import ScannerBase
from SCons.Script import (
    COMMAND_LINE_TARGETS,
    Alias,
    AlwaysBuild,
    Clean,
    Depends,
    Dir,
    Entry,
    File,
    GetOption,
    Help,
)
from SCons.Script.SConscript import call_stack

from wasmtrim import git, spelling
from wasmtrim.errors import ConfigError, UsageError, WasmtrimError
from wasmtrim.scons import settled
from wasmtrim.scons.build import (
    DIST_FOLDER,
    RUNS_FOLDER,
    STAGES_FOLDER,
    WORK_FOLDER,
    Build,
    as_build_error,
    as_stop_error,
    only_looks,
)
from wasmtrim.scons.options import BASELINE, HELP, RELEASE, TUNE, Options, help_on
from wasmtrim.scons.settled import Settled

if TYPE_CHECKING:
    from wasmtrim.profile import Loaded
    from wasmtrim.scons.chain import Shipped
    from wasmtrim.scons.compiler_choice import ChosenCompiler
    from wasmtrim.scons.inputs import Inputs

# Of a folder where a profile needs a file, or the other way round.
_SCONS_REFUSAL = re.compile(r"found where (file|directory) expected|Tried to lookup")


@dataclass(frozen=True)
class Standing:
    """A profile that is settled: SCons has its module alone, as a file that nothing makes."""

    profile: str
    module: Node
    settled: Settled


@dataclass(frozen=True)
class Asked:
    """A profile that is to be released, and what compiles it; None for a ready module."""

    loaded: Loaded
    compiler: ChosenCompiler | None


class Releases:
    """The profiles that this run of scons releases."""

    def __init__(self, build: Build, options: Options) -> None:
        self.build = build
        self.options = options
        self.known: list[str] = []
        self.tuned: list[str] = []
        self.released: dict[str, Shipped | Standing] = {}
        self.common: Any = None  # the environment of what all profiles share
        self.ledger = settled.read(build, options)
        self.inputs: dict[str, Inputs] = {}  # of the profiles that may settle
        self.described: set[str] = set()  # the files of the user's that lead to a call
        self.moment: int | None = None  # before any input was read
        self._look: Node | None = None
        self._declared: set[str] = set()  # the profiles in what all share

    @property
    def shipped(self) -> list[Shipped]:
        """The profiles whose nodes SCons has."""
        return [each for each in self.released.values() if not isinstance(each, Standing)]

    @property
    def whole(self) -> bool:
        """Whether what is made of all profiles stands, too."""
        whole = self.ledger.whole
        if self.shipped or whole is None or list(whole.profiles) != list(self.released):
            return False
        return whole.noted.holds and whole.origin == self.origin

    @cached_property
    def origin(self) -> str:
        """The state of the sources in git."""
        return repr(git.sources(self.build.root))

    def add(self, env: Any, source: object) -> list[Node]:
        """Release profiles: a YAML file, a folder of them, or a list of both.

        The builder method `env.WasmRelease`. Returns the nodes of the modules in dist/.
        """
        try:
            return self._add(env, source)
        except WasmtrimError as error:
            raise as_stop_error(error) from None
        except TypeError as error:
            if not _SCONS_REFUSAL.search(str(error)):
                raise
            raise as_stop_error(UsageError(str(error))) from None

    def _add(self, env: Any, source: object) -> list[Node]:
        self._looked_at(env)
        found = [each for path in self._files(source) if (each := self._profile(path))]
        self._ask_ahead([each for each in found if isinstance(each, Asked)])
        added = [self._laid_out(env, each) if isinstance(each, Asked) else each for each in found]
        self.released |= {each.profile: each for each in added}
        laid_out = [each for each in added if not isinstance(each, Standing)]
        modules = [each.module for each in added]
        alias = Alias(RELEASE, _in_order(added))
        self._baseline(env, laid_out)
        if self.options.profile is None and not (self.whole and not self._declared):
            # They speak of a whole release, so one profile alone doesn't write them.
            self.common = self.common or env  # one for all calls: the files are the same ones
            self._share()
        # Another call may know it yet, so the refusals wait until all SConscripts are read.
        if self.options.profile not in (None, *self.known):
            for target in (RELEASE, TUNE):
                AlwaysBuild(Alias(target, [], env.Action(self._refuse_unknown, None)))
        elif TUNE in COMMAND_LINE_TARGETS and not self.tuned:
            AlwaysBuild(Alias(TUNE, [], env.Action(self._refuse_to_tune_none, None)))
        if GetOption("clean"):
            self._clean(alias, [each.verdict for each in laid_out])
        return modules

    def _share(self) -> None:
        """Declare what is made of all profiles."""
        from wasmtrim.scons.nodes import provenance, sums

        more = [self.released[name] for name in self.released if name not in self._declared]
        self._declared |= {each.profile for each in more}
        modules = [each.module for each in more]
        Alias(RELEASE, self.common.WasmSums(f"{DIST_FOLDER}/{sums.FILE}", modules))
        records = [File(f"{DIST_FOLDER}/{each.profile}.sizes.json") for each in more]
        Alias(RELEASE, self.common.WasmProvenance(f"{DIST_FOLDER}/{provenance.FILE}", records))

    def _clean(self, alias: Any, verdicts: list[Node]) -> None:
        """Say what goes with the release, besides the files of its nodes."""
        from wasmtrim import report

        made = (STAGES_FOLDER, RUNS_FOLDER, WORK_FOLDER, f"{DIST_FOLDER}/{report.FOLDER}")
        Clean([alias, *verdicts], [Dir(folder) for folder in made])

    def _baseline(self, env: Any, shipped: Sequence[Shipped]) -> None:
        """Add to what `scons baseline` rewrites: it takes what was verified, judged or not."""
        if not shipped:
            return
        from wasmtrim.scons import baseline

        sources = [
            node
            for each in shipped
            for node in (each.last, each.verdict, each.sizes, *each.known_by)
        ]
        released = {each.profile: (each.last, each.waivers) for each in shipped}
        action = baseline.rewrite(self.build, released, dirty=self.options.dirty)
        AlwaysBuild(Alias(BASELINE, sources, env.Action(action, None)))

    def _tune(self, env: Any, loaded: Loaded, compiler: str | None, compiled: Node) -> None:
        """Add a profile to what `scons tune` searches for, one after the other."""
        from wasmtrim.scons import tune

        if self.options.profile is None and loaded.profile.metric is None:
            return
        tune.refuse(loaded)
        name = f"{TUNE} {loaded.name}"
        (target,) = AlwaysBuild(Alias(name, compiled, env.Action(tune.act, None)))
        tune.attach(target, self.build, loaded, compiler, self.options)
        Alias(TUNE, target)
        env.SideEffect(default_ans.Alias(f"{TUNE} in turn"), target)  # each uses all CPUs
        self.tuned.append(loaded.name)

    def _files(self, source: object) -> Iterable[Path]:
        for entry in source if isinstance(source, list | tuple) else [source]:
            path = Path(Dir("#").File(str(entry)).abspath) if str(entry).endswith(".yaml") else None
            if path is not None:
                yield path
                continue
            folder = Path(Dir(str(entry)).srcnode().abspath)
            if not folder.is_dir():
                raise UsageError(f"{entry}: no such folder; name that of the profiles")
            for wrong in sorted(folder.glob("*.yml")):  # it would be left out without a word
                raise UsageError(
                    f"{entry}/{wrong.name}: a profile's file ends with .yaml; rename it"
                )
            files = sorted(folder.glob("*.yaml"))
            if not files:
                raise UsageError(f"{entry}: no profile (*.yaml) in this folder")
            yield from files

    def _profile(self, path: Path) -> Asked | Standing | None:
        """Load a profile, unless it stands; None where the user asked for another."""
        name = path.stem
        if name in self.known:
            raise UsageError(f"{path}: there is a profile {name} already; rename one of them")
        if not self.known:
            Help(HELP, append=True, local_only=True)
        self.known.append(name)
        if self.options.profile not in (None, name):
            Help(help_on(name, ""), append=True)
            return None
        noted = self.ledger.profiles.get(name)
        if noted and settled.stands(noted, path):
            module = File(noted.module)
            Depends(module, self._look)
            return Standing(name, module, noted)
        return self._loaded(path)

    def _loaded(self, path: Path) -> Asked:
        if self.moment is None and not only_looks():
            self.moment = settled.moment(self.build)
        from wasmtrim import profile as profiles
        from wasmtrim.scons import compiler_choice

        loaded = profiles.load(path, self.build.root)
        missing = profiles.missing_folders(loaded.profile, loaded.positions, self.build.root)
        if missing and not only_looks():
            raise ConfigError(missing)
        Help(help_on(loaded.name, loaded.profile.description), append=True)
        compiler = compiler_choice.choose(
            self.build, loaded.profile, no_fallback=self.options.no_fallback
        )
        return Asked(loaded, compiler)

    def _ask_ahead(self, asked: Sequence[Asked]) -> None:
        """Ask what the programs are made of, while their nodes are laid out."""
        compiled = [(each.loaded.profile, each.compiler.name) for each in asked if each.compiler]
        if compiled:
            from wasmtrim.scons import program

            program.ask_ahead([program.of_profile(self.build, *each) for each in compiled])

    def _laid_out(self, env: Any, asked: Asked) -> Shipped:
        """Chain a profile's nodes."""
        from wasmtrim.scons.chain import chain

        loaded, compiler = asked.loaded, asked.compiler
        anyway = self.options.deliver_anyway
        shipped = chain(env, self.build, loaded, compiler, deliver_anyway=anyway)
        if TUNE in COMMAND_LINE_TARGETS:
            self._tune(env, loaded, compiler.name if compiler else None, shipped.chain[0])
        return shipped

    def _looked_at(self, env: Any) -> None:
        """Have `_read_all` called once all SConscripts are read, before SCons visits a profile.

        SCons has no such moment, but it scans a node's sources before it visits them.
        """
        self.described |= {frame.sconscript.abspath for frame in call_stack if frame.sconscript}
        if self._look is not None:
            return
        builder = Builder(
            action=Action(_nothing, None),
            target_factory=default_ans.Alias,
            source_factory=Entry,
            source_scanner=ScannerBase(self._read_all, name="wasmtrim"),
        )
        (self._look,) = builder(env, "wasmtrim", call_stack[0].sconscript or [])
        self._look.attributes.wasmtrim_looks = True
        Alias(RELEASE, self._look)

    def _read_all(self, node: Node, env: Any, path: object) -> list[Node]:  # noqa: ARG002
        """Look at what the SConstruct says of our nodes: it may say more after WasmRelease.

        Raises BuildError where it adds to a profile that was settled without: nothing of it would
        be built.
        """
        from wasmtrim.scons import touched

        standing = [each for each in self.released.values() if isinstance(each, Standing)]
        if standing:
            files = {
                file: each.profile for each in standing for file in each.settled.noted.watched.files
            }
            if found := touched.first(Dir("#"), files):
                settled.forget(self.build)
                error = UsageError(
                    f"{found.path}: the SConstruct adds to it, and did not when"
                    f" {files[found.abspath]} was released; run scons again"
                )
                raise as_build_error(error, node)
        if self.shipped and not only_looks():
            from wasmtrim.scons import inputs

            found_of = {each.profile: inputs.of(self.build, each) for each in self.shipped}
            self.inputs = {name: found for name, found in found_of.items() if found}
        return []

    def _refuse_unknown(self, target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG002
        """Refuse a `profile=` that no profile answers to, once all SConscripts are read."""
        name = self.options.profile
        if name is None or name in self.known:
            return
        hint = spelling.nearest(name, self.known)
        known = ", ".join(sorted(self.known))
        error = UsageError(f"profile={name}: no such profile; {hint}the profiles are {known}")
        raise as_build_error(error, target[0])

    def _refuse_to_tune_none(self, target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG002
        """Refuse a search where no profile says what it is to be small in."""
        if not self.tuned:
            error = UsageError("scons tune: no profile has a `metric`: raw, gzip or brotli")
            raise as_build_error(error, target[0])


def _in_order(added: Sequence[Shipped | Standing]) -> list[Node]:
    """Return the nodes of profiles in the order in which SCons is to come to them.

    First the modules of all profiles, as most of the time goes into them: a long one that began
    late would be at work alone. Then what is made of the modules, from the last profile back.
    What waits for the last module is known by then, and SCons begins it as soon as that is there;
    the rest keeps the other jobs busy until then.

    A verification is the longest of the rest, that of a component most of all: it would be at work
    alone, too, so it comes before what is short and waits for nothing else.
    """
    standing = [each.module for each in added if isinstance(each, Standing)]
    laid_out = [each for each in added if not isinstance(each, Standing)]
    lasts = [each.last for each in laid_out]
    laid_out.reverse()
    laid_out.sort(key=lambda each: each.loaded.profile.component is None)
    sizes = [node for each in laid_out for node in (each.sizes, *each.known_by)]
    verdicts = [each.verdict for each in laid_out]
    breakdowns = [each.breakdown for each in laid_out]
    judged = [node for each in laid_out for node in (each.module, each.result)]
    return [*standing, *lasts, *sizes, *verdicts, *breakdowns, *judged]


def _nothing(target: list[Node], source: list[Node], env: Any) -> None:
    """What the node at which we look does when it is built."""
