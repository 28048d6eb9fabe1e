"""The options of wasm-opt that a profile may name: passes that optimize, and how far they go.

Taken from `wasm-opt --help` of binaryen 132. It is a list of what is allowed, since others write
files (`--separate-data-segments`), run a command (`--extra-fuzz-command`), admit features that
the module doesn't use, skip the validation, or change what the module does.
"""

from __future__ import annotations

import re
from typing import Final

LEVELS: Final = ("0", "1", "2", "3", "4", "s", "z")

PASSES: Final = frozenset(
    [
        "abstract-type-refining",
        "alignment-lowering",
        "avoid-reinterprets",
        "cfp",
        "cfp-reftest",
        "coalesce-locals",
        "coalesce-locals-learning",
        "code-folding",
        "code-pushing",
        "const-hoisting",
        "constraint-analysis",
        "dae",
        "dae-optimizing",
        "dae2",
        "dce",
        "dfo",
        "directize",
        "discard-global-effects",
        "duplicate-function-elimination",
        "duplicate-import-elimination",
        "flatten",
        "generate-global-effects",
        "global-refining",
        "gsi",
        "gto",
        "gufa",
        "gufa-cast-all",
        "gufa-optimizing",
        "heap-store-optimization",
        "heap2local",
        "inline-main",
        "inlining",
        "inlining-optimizing",
        "licm",
        "limit-segments",
        "local-cse",
        "local-subtyping",
        "memory-packing",
        "merge-blocks",
        "merge-locals",
        "merge-similar-functions",
        "minimize-rec-groups",
        "monomorphize",
        "monomorphize-always",
        "once-reduction",
        "optimize-added-constants",
        "optimize-added-constants-propagate",
        "optimize-casts",
        "optimize-instructions",
        "pick-load-signs",
        "precompute",
        "precompute-propagate",
        "propagate-globals-globally",
        "remove-unused-brs",
        "remove-unused-module-elements",
        "remove-unused-names",
        "remove-unused-nonfunction-module-elements",
        "remove-unused-types",
        "reorder-functions",
        "reorder-functions-by-name",
        "reorder-globals",
        "reorder-locals",
        "reorder-types",
        "rereloop",
        "roundtrip",
        "rse",
        "signature-pruning",
        "signature-refining",
        "simplify-globals",
        "simplify-globals-optimizing",
        "simplify-locals",
        "simplify-locals-nonesting",
        "simplify-locals-nostructure",
        "simplify-locals-notee",
        "simplify-locals-notee-nostructure",
        "ssa",
        "ssa-nomerge",
        "strip-debug",
        "strip-dwarf",
        "strip-producers",
        "strip-toolchain-annotations",
        "tuple-optimization",
        "type-finalizing",
        "type-merging",
        "type-refining",
        "type-refining-gufa",
        "type-ssa",
        "unsubtyping",
        "untee",
        "vacuum",
    ]
)
SWITCHES: Final = frozenset(
    [
        "closed-world",
        "converge",
        "fast-math",
        "generate-stack-ir",
        "ignore-implicit-traps",
        "inline-functions-with-loops",
        "low-memory-unused",
        "no-stack-ir",
        "optimize-stack-ir",
        "traps-never-happen",
        "zero-filled-memory",
    ]
)
NUMBERS: Final = frozenset(
    [
        "always-inline-max-function-size",
        "flexible-inline-max-function-size",
        "inline-max-combined-binary-size",
        "one-caller-inline-max-function-size",
        "optimize-level",
        "partial-inlining-ifs",
        "shrink-level",
    ]
)
KNOWN: Final = tuple(
    sorted(
        [
            *(f"-O{level}" for level in LEVELS),
            *(f"--{name}" for name in PASSES | SWITCHES),
            *(f"--{name}=N" for name in NUMBERS),
        ]
    )
)

_NUMBER = re.compile(r"(--[a-z-]+=)\d{1,9}", re.ASCII)
_SKIPPED = "--skip-pass="
_ARGUMENT = re.compile(r"--pass-arg=monomorphize-min-benefit@\d{1,9}", re.ASCII)


def is_allowed(option: str) -> bool:
    """Whether `option` is one argument that a profile may hand to wasm-opt."""
    if option.startswith(_SKIPPED):
        return option.removeprefix(_SKIPPED) in PASSES
    if _ARGUMENT.fullmatch(option):
        return True
    return _NUMBER.sub(r"\1N", option) in KNOWN and not option.endswith("N")
