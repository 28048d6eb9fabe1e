"""Chooses the recipes that a search tries first: `python tests/benchmarks/coreset.py [--write]`.

The training set are modules that others publish, out of npm and pinned by hash; none of them is in
smaller.py. Each recipe of a pool is applied to each module, then strip's result by -Oz is what
it is held against. The recipe that takes most off all modules comes first, then the one that takes
most off beside it, and so on (greedily, by the mean of the logarithm of sizes). `--write` renews
data/coreset/. What was measured is kept in --cache, so that a run that was ended goes on.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from tests.benchmarks.smaller import Published

from wasmtrim.errors import ToolError
from wasmtrim.profile import Metric, Profile
from wasmtrim.records.fields import METRICS
from wasmtrim.sizes import sha256
from wasmtrim.stages.layout import metric as metrics
from wasmtrim.toolchain import Locator, load
from wasmtrim.toolchain.locate import user_cache
from wasmtrim.tune import coreset, edits, space, subject
from wasmtrim.tune.candidate import Tools, made
from wasmtrim.tune.recipe import Recipe, parse

TRAINING = (
    Published(
        "AssemblyScript",
        "@chainsafe/as-chacha20poly1305@0.1.0",
        "build/optimized.wasm",
        "7c52d6ea286c6445517871eb608d2ffddebb59bcd9c05c65653d4343449ea388",
    ),
    Published(
        "C++",
        "@jsquash/qoi@1.1.0",
        "codec/dec/qoi_dec.wasm",
        "e0552f52536ea8201560e680957d8cb73ebcb43c1fd94599df9ead07941b4a9a",
    ),
    Published(
        "C",
        "argon2-browser@1.18.0",
        "dist/argon2.wasm",
        "0c2149886c13e4eae4a6ca25ee71d47423c5c8740a874cf04ff816d1b2c901d7",
    ),
    Published(
        "Rust",
        "lz4-wasm@0.9.2",
        "lz4_wasm_bg.wasm",
        "c858f9884d964ec49294b0c09d3330d6b0a640da850dbeb5f9c491e1a3dd58cb",
    ),
    Published(
        "Rust",
        "@jsquash/resize@2.1.0",
        "lib/resize/pkg/squoosh_resize_bg.wasm",
        "5b1f702d502c4d0a70b99f78691bd554d566ba95859e4c57af5435955a1d74a5",
    ),
    Published(
        "Rust",
        "pdfjs-dist@5.3.31",
        "wasm/qcms_bg.wasm",
        "6017eca5939cde1836e88e6d8cd27ae039246f206515ea4487bdfd0e3fb16e26",
    ),
    Published(
        "C",
        "@jsquash/jpeg@1.6.0",
        "codec/dec/mozjpeg_dec.wasm",
        "a7c4b12169817e779ff4af137981393ae924944e167ad1bd95747c9199162d3e",
    ),
    Published(
        "TinyGo",
        "@wasm-fmt/shfmt@0.2.7",
        "shfmt.wasm",
        "c1e177e0db23a02d3dd16a26af239ffce15745f972ef9f4e5584762697ebcb0b",
    ),
)
# What is known in public to help, and what differs from it in kind.
SEEDS = (
    "-Oz",
    "-Os",
    "-O1",
    "-O2",
    "-O3 -Oz",
    "-Oz -Oz",
    "-Oz --const-hoisting",
    "--merge-similar-functions -Oz --merge-similar-functions -Oz",
    "--gufa --flatten --rereloop -Oz --merge-similar-functions -Oz --const-hoisting",
    "--flatten --rereloop -Oz -Oz",
    "--flatten --rereloop -Oz --const-hoisting",
    "--flatten --simplify-locals-notee-nostructure --local-cse -Oz",
    "--flatten --simplify-locals-notee-nostructure --local-cse -Oz --const-hoisting",
    "--gufa -Oz",
    "--gufa-optimizing -Oz -Oz",
    "--ssa -Oz",
    "--licm -Oz",
    "--monomorphize --pass-arg=monomorphize-min-benefit@95 -Oz",
    "--generate-global-effects -Oz",
    "--reorder-locals --merge-locals -Oz --vacuum",
    "-Os --dce --remove-unused-brs --vacuum",
    "-Oz --dce --remove-unused-brs --vacuum",
    "-Oz --merge-similar-functions -Oz --reorder-locals",
    "--one-caller-inline-max-function-size=32 -Oz",
    "--one-caller-inline-max-function-size=0 -Oz",
    "--one-caller-inline-max-function-size=64 --inline-max-combined-binary-size=1024 -Oz",
    "--skip-pass=inlining-optimizing -Oz",
    "--skip-pass=inlining-optimizing -O1",
    "--skip-pass=code-folding -Oz",
    "--skip-pass=local-cse -Oz",
    "--skip-pass=merge-similar-functions -Os",
    "--always-inline-max-function-size=0 -Oz",
    "--always-inline-max-function-size=4 -Oz",
    "--partial-inlining-ifs=4 -Oz",
    "--no-stack-ir -Oz",
    "--converge -Oz",
    "--vacuum",
    "--merge-similar-functions",
    "--simplify-locals --coalesce-locals --vacuum",
    "--dce --duplicate-function-elimination --vacuum",
)
MOST = 40
_LEAST_GAIN = 2e-5  # of the mean logarithm: two bytes of a hundred thousand


def main() -> None:
    """Measure, choose, print; write with --write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--cache", type=Path, default=user_cache() / "coreset")
    parser.add_argument("--recipes", type=int, default=80, help="in the pool; default: 80")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    sizes = _measured(args.cache, args.recipes)
    for metric in METRICS:
        chosen = greedy({recipe: row[metric] for recipe, row in sizes.items()})
        print(f"{metric}: {len(chosen)} recipes")
        for recipe, mean in chosen:
            print(f"  {math.exp(mean):.4f}  {recipe}")
        if args.write:
            head = f"# For {metric}, from {len(TRAINING)} modules; tests/benchmarks/coreset.py."
            lines = [head, *(str(recipe) for recipe, _ in chosen)]
            (coreset.FOLDER / f"{metric}.txt").write_text("\n".join(lines) + "\n")


def greedy(sizes: Mapping[Recipe, Sequence[float]]) -> list[tuple[Recipe, float]]:
    """Order recipes so that each beginning is good on all modules together.

    `sizes` are by module, each as a part of what -Oz leaves. Returns each recipe with the mean of
    the logarithms of the best up to it. When no more helps beside those chosen, it begins again
    with those left: a module unlike those of the training set may want the second best.
    """
    best = [0.0] * len(next(iter(sizes.values())))
    chosen: list[tuple[Recipe, float]] = []
    left = dict(sizes)
    while left and len(chosen) < MOST:
        rows = {recipe: _joined(best, found) for recipe, found in left.items()}
        recipe = min(rows, key=lambda each: (sum(rows[each]), len(each.options)))
        after = rows[recipe]
        if sum(best) - sum(after) < _LEAST_GAIN * len(best):
            if not any(best):
                break  # no recipe that is left takes anything off any module
            best = [0.0] * len(best)
            continue
        best = after
        del left[recipe]
        chosen.append((recipe, sum(best) / len(best)))
    return chosen


def _joined(best: Sequence[float], sizes: Sequence[float]) -> list[float]:
    return [min(one, math.log(size)) for one, size in zip(best, sizes, strict=True)]


def pool(within: space.Space, count: int) -> list[Recipe]:
    """The seeds, and edits of them."""
    random = Random(1)
    recipes = [
        recipe for recipe in (parse(line.split()) for line in SEEDS) if within.allows(recipe)
    ]
    seeds = [*recipes]
    while len(recipes) < count:
        found: Recipe | None = random.choice(seeds)
        for _ in range(random.randint(1, 3)):
            found = found and edits.edited(found, within, random, recipes)
        if found and found not in recipes:
            recipes.append(found)
    return recipes[:count]


def _measured(cache: Path, count: int) -> dict[Recipe, dict[Metric, list[float]]]:
    """By recipe and metric, a part of what -Oz leaves for each module."""
    root = Path.cwd()
    locator = Locator(load(root), root)
    tools = Tools.of(locator)
    recipes = pool(space.read(tools.wasm_opt, ()), count)
    rows: dict[Recipe, dict[Metric, list[float]]] = {r: {m: [] for m in METRICS} for r in recipes}
    for published in TRAINING:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            data = published.fetch(folder)
            given = subject.prepare(
                published.member, data, Profile(prune=False), None, "raw", locator, root, folder
            )
            within = space.read(tools.wasm_opt, given.features)
            base: dict[Metric, int] = {}
            for recipe in recipes:
                allowed = within.allows(recipe)
                found = _sizes(cache, given, recipe, tools, folder) if allowed else {}
                base = base or found
                for metric in METRICS:
                    rows[recipe][metric].append(found[metric] / base[metric] if found else 1.0)
    return rows


def _sizes(
    cache: Path, given: subject.Subject, recipe: Recipe, tools: Tools, folder: Path
) -> dict[Metric, int]:
    """By metric; nothing where wasm-opt fails."""
    task = given.task(recipe, tools, laid_out=False)
    file = cache / f"{sha256(repr((task.module, recipe, tools.wasm_opt.digest)).encode())}.json"
    if file.exists():
        kept: dict[Metric, int] = json.loads(file.read_text())
        return kept
    try:
        module = made(task, given.module, tools, folder)
        found = {metric: metrics.size(module, metric) for metric in METRICS}
    except ToolError:
        found = {}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found))
    print(f"{given.name} {recipe}: {found}", flush=True)
    return found


if __name__ == "__main__":
    main()
