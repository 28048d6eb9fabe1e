"""What each value may be alone, but not together with another: one rule a function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from wasmtrim.errors import Problem
from wasmtrim.located_yaml import Node, Way, dotted, find
from wasmtrim.profile import paths, smoke_rules
from wasmtrim.profile.budgets import Budget, Waiver
from wasmtrim.profile.clash import Clash
from wasmtrim.profile.diagnostics import overlaps
from wasmtrim.profile.model import Profile
from wasmtrim.profile.values import COMPONENT_STAGES
from wasmtrim.reading import is_within


def problems(profile: Profile, tree: Node, root: Path, known: Iterable[Problem]) -> list[Problem]:
    """Every contradiction in the profile but those about keys that have a `known` problem."""
    reported = [problem.key for problem in known]
    found = []
    for clash in [clash for rule in RULES for clash in rule(profile)] + [*_paths(profile, root)]:
        if any(overlaps(dotted(key), reported) for key in clash.keys):
            continue
        _, node = find(tree, clash.keys[0])
        at = node.key_at or node.at
        key = dotted(clash.keys[0])
        found.append(Problem(at.file, at.line, at.column, key, clash.found, clash.allowed))
    return found


def _origin(profile: Profile) -> Iterator[Clash]:
    keys: tuple[Way, ...] = (("module",), ("source",))
    if profile.source and profile.module:
        found = f"found a module, and the source {str(profile.source)!r}"
        yield Clash(keys, found, "keep one; null drops what was inherited")
    if not profile.source and not profile.module:
        yield Clash(
            keys[::-1],
            "neither source nor module is there",
            "name the folder of a Go main package, or a ready module",
        )


def _stages(profile: Profile) -> Iterator[Clash]:
    stages = profile.stages
    keys: tuple[Way, ...] = (("stages",),)
    for stage, times in Counter(stages).items():
        if times > 1:
            yield Clash(keys, f"{stage} is there {times} times", "each stage once")
    if "compile" in stages[1:]:
        yield Clash(keys, "compile is not the first stage", "begin with compile")
    if profile.source and not profile.module and "compile" not in stages:
        yield Clash(
            (("stages",), ("source",)),
            "compile is missing, though there is a source",
            "begin with compile, or name a module in place of the source",
        )
    debug = [name for name in profile.strip.keep if name.startswith(".debug_")]
    asked = {"snip": profile.snip, "prune": profile.prune, "layout": profile.metric}
    rewriting = [name for name in stages if name == "optimize" or asked.get(name)]
    if debug and rewriting:
        yield Clash(
            (("strip", "keep"), ("stages",)),
            f"found {debug[0]}, which tells of places in the code, and {rewriting[-1]} moves those",
            f"leave {' and '.join(rewriting)} out of the stages, or the section",
        )
    if profile.names == "drop" and profile.positions == "keep":
        yield Clash(
            (("names",), ("positions",)),
            "names are dropped, but positions kept",
            "positions: drop as well, or names: keep",
        )
    if profile.snip and "snip" not in stages:
        yield Clash(
            (("snip",), ("stages",)),
            "functions are named, but the stage snip is not among the stages",
            "add snip to the stages, or snip: []",
        )
    if profile.component and stages[-len(COMPONENT_STAGES) :] != COMPONENT_STAGES:
        yield Clash(
            (("stages",), ("component",)),
            f"they end with {stages[-1] if stages else 'nothing'}, and a component is asked for",
            f"end with {', '.join(COMPONENT_STAGES)}; or component: null",
        )


def _compiler(profile: Profile) -> Iterator[Clash]:
    compiler = profile.compiler
    only_tinygo = ("gc", "scheduler", "panic", "opt", "stack_size")
    if compiler.name == "go" and not profile.module:
        for key in only_tinygo:
            if getattr(compiler, key) is not None:
                yield Clash(
                    (("compiler", key), ("compiler", "name")),
                    "found with the compiler go",
                    "only TinyGo knows it; null drops what was inherited",
                )
    if (compiler.name == "go" or compiler.fallback) and compiler.target != "wasip1":
        why = "the compiler go" if compiler.name == "go" else "fallback"
        yield Clash(
            (("compiler", "target"), ("compiler", "name"), ("compiler", "fallback")),
            f"found {compiler.target!r} with {why}",
            "standard Go builds for wasip1 only",
        )
    if compiler.debug and not profile.module and profile.stages[1:]:
        yield Clash(
            (("compiler", "debug"), ("stages",), ("prune",)),
            "found true, and stages follow compile, which drop the names",
            "set stages to [compile], or debug to false",
        )
    if compiler.buildmode == "c-shared" and "_start" in profile.contract.exports:
        yield Clash(
            (("contract", "exports", "_start"), ("compiler", "buildmode")),
            "found with the buildmode c-shared",
            "such a module has _initialize in place of _start; null drops what was inherited",
        )


def _contract(profile: Profile) -> Iterator[Clash]:
    if profile.contract.world and not profile.contract.wit:
        yield Clash(
            (("contract", "world"), ("contract", "wit")),
            "found without the WIT that it is of",
            "name its folder or file in contract.wit",
        )


# Of what each metric can be measured.
_BYTES = ("artifact", "stage", "package", "section", "unknown")
SCOPES = {
    "raw": (*_BYTES, "function"),
    "gzip": _BYTES,
    "brotli": _BYTES,
    "fuel": ("artifact", "stage", "package", "function"),
    "functions": ("artifact", "package", "unknown"),
    "imports": ("artifact",),
}


def _budget(profile: Profile) -> Iterator[Clash]:
    seen: set[tuple[str, ...]] = set()
    for index, entry in enumerate(profile.budget):
        here: Way = ("budget", index)
        measures = ("at_most", "growth", "growth_percent")
        given = [name for name in measures if getattr(entry, name) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "it has no bound"
            yield Clash((here,), found, "exactly one of at_most, growth and growth_percent")
        elif (bound := (entry.metric, str(entry.scope), given[0])) in seen:
            yield Clash((here,), f"a second {' '.join(bound)}", "each bound once")
        else:
            seen.add(bound)
        if entry.floor and entry.growth_percent is None:
            yield Clash(
                ((*here, "floor"),), "found without growth_percent", "a floor is for per cent"
            )
        yield from _scope(here, entry)


def _waivers(profile: Profile) -> Iterator[Clash]:
    for index, entry in enumerate(profile.waivers):
        yield from _scope(("waivers", index), entry)


def _scope(here: Way, entry: Budget | Waiver) -> Iterator[Clash]:
    scopes = SCOPES["raw" if entry.metric == "all" else entry.metric]
    if entry.scope.kind not in scopes:
        found = f"found {str(entry.scope)!r} with {entry.metric}"
        yield Clash(((*here, "scope"), (*here, "metric")), found, f"allowed is {', '.join(scopes)}")


def _nn(profile: Profile) -> Iterator[Clash]:
    if profile.nn and profile.component:
        yield Clash(
            (("nn",), ("component",)),
            "found with a component",
            "wasi_ephemeral_nn is an interface of core modules; keep one, null drops the other",
        )


RULES: tuple[Callable[[Profile], Iterator[Clash]], ...] = (
    _origin,
    _stages,
    _compiler,
    _contract,
    smoke_rules.clashes,
    _nn,
    _budget,
    _waivers,
)


def _paths(profile: Profile, root: Path) -> Iterator[Clash]:
    """No path leaves the project, by a symbolic link either."""
    for key, path in paths.named(profile):
        if path is not None and not is_within(root / path, root):
            yield Clash(
                (key,), f"{str(path)!r} leads out of the project", "a path within the project"
            )
