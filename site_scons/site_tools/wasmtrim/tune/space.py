"""What may vary: the passes and limits that a search combines for a module and a wasm-opt.

Passes are those of the wasm-opt at hand, held to those that binaryen's own fuzzer combines
(`opt_choices` of scripts/fuzz_opt.py, binaryen 132): others are not known to be safe together.
Its rules hold, too: one `--flatten` in a command, none for exceptions, GC, or several values
together with references.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from wasmtrim import process
from wasmtrim.errors import ToolError
from wasmtrim.toolchain.locate import Tool
from wasmtrim.tune.recipe import Recipe, slot

LEVELS: Final = ("-O1", "-O2", "-O3", "-O4", "-Os", "-Oz")
_PLAIN: Final = (
    "code-folding",
    "code-pushing",
    "coalesce-locals",
    "const-hoisting",
    "dae",
    "dae-optimizing",
    "dce",
    "directize",
    "duplicate-function-elimination",
    "generate-global-effects",
    "gufa",
    "gufa-optimizing",
    "inlining",
    "inlining-optimizing",
    "licm",
    "local-cse",
    "memory-packing",
    "merge-blocks",
    "merge-locals",
    "merge-similar-functions",  # not in the fuzzer's list by itself, but in -Oz, which is
    "monomorphize",
    "once-reduction",
    "optimize-instructions",
    "pick-load-signs",
    "precompute",
    "precompute-propagate",
    "remove-unused-brs",
    "remove-unused-module-elements",
    "remove-unused-names",
    "reorder-functions",
    "reorder-globals",  # in -Oz
    "reorder-locals",
    "roundtrip",
    "rse",
    "simplify-globals",
    "simplify-globals-optimizing",
    "simplify-locals",
    "simplify-locals-nonesting",
    "simplify-locals-nostructure",
    "simplify-locals-notee",
    "simplify-locals-notee-nostructure",
    "ssa",
    "vacuum",
)
# They want `--flatten` before them. dfo does, too, and may not come to an end: web-tree-sitter's
# module of 198 kB took it over 20 minutes.
_ON_FLAT: Final = ("rereloop",)
_OF_GC: Final = (
    "gsi",
    "gufa-cast-all",
    "heap-store-optimization",
    "heap2local",
    "local-subtyping",
    "minimize-rec-groups",
    "optimize-casts",
)
_OF_CLOSED_WORLD: Final = ("remove-unused-types", "signature-pruning", "signature-refining")
_ARGUMENTS: Final = {
    "monomorphize": tuple(f"--pass-arg=monomorphize-min-benefit@{n}" for n in (0, 50, 95))
}
# Steps that only make sense together, as the fuzzer and wasm-reduce have them.
_GROUPS: Final = (
    ("--flatten", "--rereloop"),
    ("--flatten", "--simplify-locals-notee-nostructure", "--local-cse"),
    ("--dce", "--remove-unused-brs", "--vacuum"),
    ("--remove-unused-names", "--merge-blocks", "--vacuum"),
    ("--coalesce-locals", "--vacuum"),
    ("--simplify-globals-optimizing", "--simplify-globals-optimizing"),
    ("--merge-similar-functions", "-Oz"),
)
LIMITS: Final = {
    "--one-caller-inline-max-function-size": (0, 8, 32, 64, 256),
    "--inline-max-combined-binary-size": (256, 1024, 8192),
    "--always-inline-max-function-size": (0, 1, 4, 8),
    "--partial-inlining-ifs": (1, 4),
}
FLAGS: Final = (
    "--no-stack-ir",
    "--skip-pass=inlining-optimizing",
    "--skip-pass=dae-optimizing",
    "--skip-pass=code-folding",
    "--skip-pass=merge-similar-functions",
    "--skip-pass=local-cse",
)
ASSUMPTIONS: Final = {
    "traps-never-happen": "no trap is ever reached",
    "low-memory-unused": "the first 1,024 bytes of memory are never used",
    "closed-world": "nothing outside looks into references that it is given",
    "fast-math": "NaN and rounding of floating-point numbers don't matter",
}
MOST_STEPS: Final = 14
MOST_LEVELS: Final = 3
_HELP = re.compile(rb"^\s+--([a-z0-9][a-z0-9-]*)", re.M)
_SECONDS = 60.0


@dataclass(frozen=True)
class Space:
    """Steps, groups of steps that belong together, and switches that a search may use."""

    steps: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    switches: tuple[str, ...]

    def allows(self, recipe: Recipe) -> bool:
        """Whether a recipe lies in it."""
        if not {*recipe.steps} <= {*self.steps} or not {*recipe.switches} <= {*self.switches}:
            return False
        if len({*map(slot, recipe.switches)}) < len(recipe.switches):
            return False
        if len(recipe.steps) > MOST_STEPS or recipe.count(*LEVELS) > MOST_LEVELS:
            return False
        if recipe.count("--flatten", "-O4") > 1:
            return False
        flat = False
        for step in recipe.steps:
            if step.removeprefix("--") in _ON_FLAT and not flat:
                return False
            flat = step == "--flatten" or (flat and step.removeprefix("--") in _ON_FLAT)
        return True


def read(wasm_opt: Tool, features: Collection[str], assumed: Collection[str] = ()) -> Space:
    """Return the space of a wasm-opt for a module with these features.

    `assumed` are names of ASSUMPTIONS that hold for the module. Raises ToolError where wasm-opt
    cannot be asked.
    """
    argv = (*wasm_opt.argv, "--help")
    finished = process.run(argv, timeout=_SECONDS, whole=True)
    if finished.status != 0:
        raise ToolError(f"{process.shown(argv)}: {finished.ended}: {finished.said}")
    known = {name.decode() for name in _HELP.findall(finished.stdout)}
    return of(known, features, assumed)


def of(known: Collection[str], features: Collection[str], assumed: Collection[str] = ()) -> Space:
    """Return the space for the options that a wasm-opt knows, each without its dashes."""
    usable = [*_PLAIN]
    gc = "gc" in features
    if gc:
        usable += _OF_GC
    if "closed-world" in assumed:
        usable += _OF_CLOSED_WORLD
    exceptions = "exception-handling" in features
    if not (gc or exceptions or {"multivalue", "reference-types"} <= {*features}):
        usable += ["flatten", *_ON_FLAT]
    steps = [f"--{name}" for name in sorted(usable) if name in known]
    steps += [f"--{name} {a}" for name in _ARGUMENTS if name in known for a in _ARGUMENTS[name]]
    levels = [level for level in LEVELS if level != "-O4" or "--flatten" in steps]
    groups = [group for group in _GROUPS if {*group} <= {*steps, *levels}]
    switches = [
        *(["--converge"] if "converge" in known else []),
        *(f"{name}={n}" for name in LIMITS if name[2:] in known for n in LIMITS[name]),
        *(flag for flag in FLAGS if flag[2:].partition("=")[0] in known),
        *(f"--{name}" for name in sorted(assumed) if name in known),
    ]
    return Space((*levels, *steps), tuple(groups), tuple(switches))
