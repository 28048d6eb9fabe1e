"""`WasmRelease`: the chain of nodes for each profile, from source to a verified module in dist/."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from SCons.Node import Node
from SCons.Script import Alias, AlwaysBuild, Clean, Dir, File, Help

from wasmtrim import profile as profiles
from wasmtrim import report, spelling
from wasmtrim.compilers import compilation, go, tinygo
from wasmtrim.errors import RequestError, WasmtrimError
from wasmtrim.profile import Loaded, Profile, Strip
from wasmtrim.scons import judging, origin, signature
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
from wasmtrim.scons.builders import features_of, runs_of
from wasmtrim.scons.options import HELP, Options, help_on
from wasmtrim.scons.requests import Chosen
from wasmtrim.sizes import READY
from wasmtrim.stages import STAGES, Stage, names, strip
from wasmtrim.toolchain.locate import Missing

ALIAS = "release"
# Of a folder where a profile needs a file, or the other way round.
_SCONS_REFUSAL = re.compile(r"found where (file|directory) expected|Tried to lookup")


@dataclass(frozen=True)
class Shipped:
    """A profile's nodes, for the table at the end. `chain` are all that it hangs on."""

    profile: str
    module: Node
    sizes: Node
    verdict: Node
    judgement: Node
    twin: Node | None
    chain: tuple[Node, ...]


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
            raise as_stop_error(RequestError(str(error))) from None
        self.shipped += shipped
        modules = [each.module for each in shipped]
        alias = Alias(ALIAS, modules)
        Alias(ALIAS, [each.judgement for each in shipped])
        self._baseline(env, shipped)
        if self.options.profile is None:
            # They speak of a whole release, so one profile alone doesn't write them.
            self.common = self.common or env  # one for all calls: the files are the same ones
            Alias(ALIAS, self.common.WasmSums(f"{DIST_FOLDER}/{origin.SUMS}", modules))
            records = [each.sizes for each in shipped]
            whence = f"{DIST_FOLDER}/{origin.PROVENANCE}"
            Alias(ALIAS, self.common.WasmProvenance(whence, records))
        if self.options.profile not in (None, *self.known):
            # Another call may know it yet, so the refusal waits until all SConscripts are read.
            AlwaysBuild(Alias(ALIAS, [], env.Action(self._refuse_unknown, None)))
        verdicts = [each.verdict for each in shipped]
        made = (STAGES_FOLDER, RUNS_FOLDER, WORK_FOLDER, f"{DIST_FOLDER}/{report.FOLDER}")
        Clean([alias, *verdicts], [Dir(folder) for folder in made])
        return modules

    def _baseline(self, env: Any, shipped: Sequence[Shipped]) -> None:
        """Add to what `scons baseline` rewrites: it takes what was verified, judged or not."""
        sources = [
            node
            for each in shipped
            for node in (each.module, each.sizes, each.twin)
            if node is not None
        ]
        released = [each.profile for each in shipped]
        action = judging.rewrite_baselines(self.build, released, dirty=self.options.dirty)
        AlwaysBuild(Alias(judging.ALIAS, sources, env.Action(action, None)))

    def _files(self, source: object) -> Iterable[Path]:
        for entry in source if isinstance(source, list | tuple) else [source]:
            path = Path(Dir("#").File(str(entry)).abspath) if str(entry).endswith(".yaml") else None
            if path is not None:
                yield path
                continue
            folder = Path(Dir(str(entry)).srcnode().abspath)
            files = sorted(folder.glob("*.yaml"))
            if not files:
                raise RequestError(f"{entry}: no profile (*.yaml) in this folder")
            yield from files

    def _profile(self, env: Any, path: Path) -> Shipped | None:
        """Chain one profile's nodes; None where the user asked for another."""
        name = path.stem
        if name in self.known:
            raise RequestError(f"{path}: there is a profile {name} already; name one otherwise")
        if not self.known:
            Help(HELP, append=True, local_only=True)
        self.known.append(name)
        if self.options.profile not in (None, name):
            Help(help_on(name, ""), append=True)
            return None
        loaded = profiles.load(path, self.build.root)
        Help(help_on(name, loaded.profile.description), append=True)
        return _chain(env, self.build, loaded, self._compiler(loaded.profile))

    def _compiler(self, profile: Profile) -> Chosen | None:
        """Choose the compiler; None for a ready module."""
        if profile.module is not None:
            return None
        if profile.compiler.name != "tinygo":
            return Chosen(profile.compiler.name)
        try:
            self.build.tool("tinygo")
        except Missing as error:
            allowed = profile.compiler.fallback and not self.options.no_fallback
            if not allowed and not only_looks():
                raise
            wanted = f"TinyGo {error.wanted}"
            # The reason is this machine's, and doctor tells it: a record is the same everywhere.
            note = f"standard Go stands in for {wanted} (wasmtrim doctor says why)"
            return Chosen("go", fallback=True, note=note)
        return Chosen("tinygo")

    def _refuse_unknown(self, target: list[Node], source: list[Node], env: Any) -> None:  # noqa: ARG002
        """Refuse a `profile=` that no profile answers to, once all SConscripts are read."""
        name = self.options.profile
        if name is None or name in self.known:
            return
        hint = spelling.nearest(name, self.known)
        known = ", ".join(sorted(self.known))
        error = RequestError(f"profile={name}: no such profile; {hint}the profiles are {known}")
        raise as_build_error(error, target[0])


def _chain(env: Any, build: Build, loaded: Loaded, chosen: Chosen | None) -> Shipped:
    profile = loaded.profile
    first = File(f"#{profile.module}") if chosen is None else _compiled(env, profile, chosen)
    steps = [READY if chosen is None else compilation.NAME]
    nodes = [first]
    features = features_of(env, first)
    for name in profile.chain:
        if name != compilation.NAME:
            nodes.append(_staged(env, STAGES[name], profile, nodes[-1], features))
            steps.append(name)
    compiler = None if chosen is None else chosen.name
    runs = runs_of(env, build, nodes, loaded, compiler)
    sizes = env.WasmSizes(
        f"{DIST_FOLDER}/{loaded.name}.sizes.json",
        nodes,
        WASMSIZES_STAGES=steps,
        WASMSIZES_RUNS=runs,
        WASMSIZES_COMPILER=chosen,
        WASM_FEATURES=features,
    )
    verdict = env.WasmVerify(
        f"{DIST_FOLDER}/{loaded.name}.verify.json",
        nodes,
        WASMVERIFY_PROFILE=loaded,
        WASMVERIFY_STAGES=steps,
        WASMVERIFY_COMPILER=compiler,
        WASMVERIFY_DELIVER=f"{DIST_FOLDER}/{loaded.name}.wasm",
    )
    # The record is written even where the verdict is bad, so it comes first; it decides nothing.
    env.Requires(verdict, sizes)
    twin = _twin(env, loaded, chosen, first, features)
    known_by = [] if twin is None else [twin]
    judged = env.WasmJudge(
        f"{DIST_FOLDER}/{loaded.name}.regression.json",
        [sizes[0], verdict[1], *known_by],
        WASMJUDGE_PROFILE=loaded,
    )
    chain = (*nodes, features, *runs, *sizes, verdict[0], *known_by)
    return Shipped(loaded.name, verdict[1], sizes[0], verdict[0], judged[0], twin, chain)


def _twin(
    env: Any, loaded: Loaded, chosen: Chosen | None, first: Node, features: Node
) -> Node | None:
    """Give the node of the twin, which went through the same stages with its names kept.

    It tells whose each function of the shipped module is. None where that one has its names, or
    where there are none to keep: standard Go links without.
    """
    profile = loaded.profile
    if names.kept(profile) or (chosen is not None and chosen.name == go.NAME):
        return None
    keep = (*profile.strip.keep, names.SECTION)
    named = profile.model_copy(update={"strip": Strip(keep=keep)})
    node = first
    # Strip goes first: with DWARF in place, wasm-opt leaves out passes that would break it.
    for name in (strip.NAME, *profile.chain):
        if name != compilation.NAME:
            node = _staged(env, STAGES[name], named, node, features)
    twin: Node = env.WasmTwin(f"{DIST_FOLDER}/{loaded.name}.twin.wasm", node)[0]
    return twin


def _compiled(env: Any, profile: Profile, chosen: Chosen) -> Node:
    """Give the node of the compiled module: one for all profiles that ask for the same."""
    fields = go.FIELDS if chosen.name == go.NAME else tinygo.FIELDS
    settings = {field: getattr(profile.compiler, field) for field in fields}
    key = signature.digest(chosen.name, profile.source, settings)
    node = _shared(Path(str(profile.source)).name, compilation.NAME, key)
    if not node.has_builder():
        builder = "GoWasm" if chosen.name == go.NAME else "TinyGo"
        variables = {f"{builder.upper()}_{field.upper()}": v for field, v in settings.items()}
        timeout = {f"{builder.upper()}_TIMEOUT": profile.timeouts.compile}
        getattr(env, builder)(node, f"#{profile.source}", **variables, **timeout)
    return node


def _staged(env: Any, stage: Stage, profile: Profile, before: Node, features: Node) -> Node:
    """Give the node of a stage's module: one for all profiles that ask for the same."""
    settings = stage.settings(profile)
    key = signature.digest(stage.NAME, settings, before.path)
    node = _shared(before.name.split("-")[0].removesuffix(".wasm"), stage.NAME, key)
    if not node.has_builder():
        prefix = stage.BUILDER.upper()
        variables = {f"{prefix}_{k.upper()}": v for k, v in dataclasses.asdict(settings).items()}
        timeout = {f"{prefix}_TIMEOUT": getattr(profile.timeouts, stage.NAME)}
        getattr(env, stage.BUILDER)(node, before, WASM_FEATURES=features, **variables, **timeout)
    return node


def _shared(program: str, stage: str, key: str) -> Node:
    return File(f"{STAGES_FOLDER}/{program}-{stage}-{key[:8]}.wasm")
