"""WebAssembly features: which a module says it uses, and what each tool calls them.

The canonical name is that of the `target_features` section (tool conventions, "Linking",
"Target Features Section"), as LLVM and binaryen write it. Binaryen's flags are those of
`wasm-opt --help`, wasm-tools' names those that `wasm-tools validate --features=` lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wasmtrim.wasm.limits import Limit
from wasmtrim.wasm.module import Module

SECTION = "target_features"
_NEEDS = {"wide-arithmetic": "multivalue", "gc": "reference-types"}  # of binaryen alone
_ENTRIES = Limit("target features", 1_000)


@dataclass(frozen=True, slots=True)
class Feature:
    """`wasm_tools` is empty where wasm-tools does not know the feature at all."""

    name: str
    binaryen: str
    wasm_tools: tuple[str, ...]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("acquire-release-atomics", "--enable-acquire-release-atomics", ()),
        Feature("atomics", "--enable-threads", ("threads",)),
        Feature("bulk-memory", "--enable-bulk-memory", ("bulk-memory",)),
        Feature("bulk-memory-opt", "--enable-bulk-memory-opt", ("bulk-memory-opt",)),
        Feature(
            "call-indirect-overlong",
            "--enable-call-indirect-overlong",
            ("call-indirect-overlong",),
        ),
        Feature("compact-imports", "--enable-compact-imports", ("compact-imports",)),
        Feature("custom-descriptors", "--enable-custom-descriptors", ("custom-descriptors",)),
        Feature("custom-page-sizes", "--enable-custom-page-sizes", ("custom-page-sizes",)),
        Feature(
            "exception-handling", "--enable-exception-handling", ("exceptions", "legacy-exceptions")
        ),
        Feature("extended-const", "--enable-extended-const", ("extended-const",)),
        Feature("fp16", "--enable-fp16", ()),
        Feature("gc", "--enable-gc", ("gc", "function-references")),
        Feature("memory64", "--enable-memory64", ("memory64",)),
        Feature("multibyte", "--enable-multibyte", ()),
        Feature("multimemory", "--enable-multimemory", ("multi-memory",)),
        Feature("multivalue", "--enable-multivalue", ("multi-value",)),
        Feature("mutable-globals", "--enable-mutable-globals", ("mutable-global",)),
        Feature(
            "nontrapping-fptoint",
            "--enable-nontrapping-float-to-int",
            ("saturating-float-to-int",),
        ),
        Feature("reference-types", "--enable-reference-types", ("reference-types",)),
        Feature("relaxed-atomics", "--enable-relaxed-atomics", ()),
        Feature("relaxed-simd", "--enable-relaxed-simd", ("relaxed-simd",)),
        Feature("shared-everything", "--enable-shared-everything", ("shared-everything-threads",)),
        Feature("sign-ext", "--enable-sign-ext", ("sign-extension",)),
        Feature("simd128", "--enable-simd", ("simd",)),
        Feature("stack-switching", "--enable-stack-switching", ("stack-switching",)),
        Feature("strings", "--enable-strings", ()),
        Feature("tail-call", "--enable-tail-call", ("tail-call",)),
        Feature("wide-arithmetic", "--enable-wide-arithmetic", ("wide-arithmetic",)),
    )
}


def target_features(module: Module) -> tuple[str, ...] | None:
    """The features that the module says it uses, sorted; None where it has no such section.

    A feature with the prefix `-` is one that it promises not to use, and is left out. Raises
    ModuleError on a section that is no vector of prefixed names.
    """
    section = module.custom(SECTION)
    if section is None:
        return None
    cursor = section.cursor(module.data)
    used = set()
    for _ in range(cursor.count(_ENTRIES, 2)):
        start = cursor.pos
        prefix = cursor.byte("the prefix of a feature")
        name = cursor.name("the name of a feature")
        if prefix in b"+=":  # "=" is LLVM's older "required"
            used.add(name)
        elif prefix != ord("-"):
            raise cursor.error(f"0x{prefix:02x} is not a feature prefix; + and - are", start)
    cursor.done("the features")
    return tuple(sorted(used))


def binaryen_flags(features: Iterable[str]) -> list[str]:
    """Exactly these features, for any program of binaryen; KeyError for a name unknown to it.

    Those that it refuses without another bring that one: wide arithmetic gives pairs, and the
    references of GC are reference types.
    """
    named = set(features)
    named |= {_NEEDS[name] for name in named & _NEEDS.keys()}
    return ["--mvp-features", *(FEATURES[name].binaryen for name in sorted(named))]


def wasm_tools_features(features: Iterable[str]) -> str:
    """The value of `wasm-tools validate --features=` that allows exactly these features."""
    names = [name for feature in sorted(features) for name in FEATURES[feature].wasm_tools]
    return ",".join(["mvp", *names])
