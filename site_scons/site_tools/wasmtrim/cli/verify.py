"""`wasmtrim verify`: prove in wasmtime that a module keeps a profile's contract."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.check import Outcome
from wasmtrim.cli import Subparsers, operand, owners, whole
from wasmtrim.errors import UsageError
from wasmtrim.records.verification import StrengthRecord

if TYPE_CHECKING:
    from wasmtrim.cli.operand import Operand
    from wasmtrim.profile import Loaded
    from wasmtrim.verify import Verification

_WORDS = {Outcome.HELD: "ok  ", Outcome.FAILED: "FAIL", Outcome.NOT_JUDGED: "skip"}
MOST_MUTANTS = 10_000
_MOST_SHOWN = 5  # functions without mutants
# A folder per profile and module: what the runs wrote, and differences.
BUILD_FOLDER = Path("build", "verify")


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "verify",
        help="check in wasmtime that a module keeps a profile's contract",
        description="Check features, imports, exports, limits and the smoke run of a module."
        " The exit status is 1 if a check fails.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument(
        "--profile", required=True, metavar="NAME", help="the profile that the module must keep"
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument(
        "--mutants",
        type=whole(1, MOST_MUTANTS),
        default=0,
        metavar="N",
        help="plant N faults, one at a time, and count how many of them the checks find",
    )
    parser.add_argument(
        "--seed",
        type=whole(0, (1 << 32) - 1),
        default=1,
        metavar="S",
        help="the seed for the choice of faults; default: 1",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="write the result of --mutants to config/strength/NAME.json, which releases show",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify one module in the project of the current folder; 0 when every check holds."""
    from filelock import FileLock

    from wasmtrim import profile, sizes
    from wasmtrim.verify import MOST_MODULE_BYTES

    if args.record and not args.mutants:
        raise UsageError("--record keeps what became of mutants; add --mutants N")
    root = Path.cwd()
    loaded = profile.load(args.profile, root)
    given = operand.read(args.module, "a module to verify", MOST_MODULE_BYTES)
    into = root / BUILD_FOLDER / f"{loaded.name}-{sizes.sha256(given.data)[:8]}"
    into.mkdir(parents=True, exist_ok=True)
    # Another run of the same must not judge what this one writes.
    with FileLock(f"{into}.lock"):
        return _run(args, loaded, root, given, into)


def _run(args: argparse.Namespace, loaded: Loaded, root: Path, given: Operand, into: Path) -> int:
    from wasmtrim import atomic, records, sizes

    module = into / "module.wasm"
    atomic.write_bytes(module, given.data)
    released = root / "dist" / f"{loaded.name}.sizes.json"
    compiler = _compiler(released, sizes.sha256(given.data))
    verdict = _verified(loaded, root, module, compiler, into)
    strength = None
    if args.mutants:
        strength = _strength(args, loaded, root, given, compiler, into)
        if args.record:
            kept = root / records.STRENGTH_FOLDER / f"{loaded.name}.json"
            records.STRENGTH.write(kept, strength)
    if args.json:
        record = dataclasses.replace(verdict, strength=strength).record(loaded.name)
        print(records.VERIFICATION.text(record), end="")
    else:
        _print(loaded, verdict, strength)
        if loaded.profile.smoke and not verdict.ok:
            print(f"what the run wrote lies in {into.relative_to(root)}")
    return 0 if verdict.ok else 1


def _verified(
    loaded: Loaded, root: Path, module: Path, compiler: str | None, into: Path
) -> Verification:
    from wasmtrim import sizes, toolchain
    from wasmtrim.verify import StageRun, run_smoke, verify

    tools = toolchain.Locator(toolchain.load(root), root)
    limits = loaded.profile.limits
    compressed = (limits.gzip.for_compiler(None), limits.brotli.for_compiler(None))
    # Where nothing bounds them, compressing it would take seconds and tell nothing.
    packed = sizes.Compressed(b"", b"") if compressed == (None, None) else None
    size = sizes.measure(module.read_bytes(), packed)
    if loaded.profile.smoke:
        run_smoke(module, loaded.profile, compiler, root, into)
    return verify(
        loaded.profile,
        compiler,
        [StageRun("module", module, into if loaded.profile.smoke else None)],
        size,
        wasm_tools=tools.find("wasm-tools"),
        root=root,
        into=into,
    )


def _strength(
    args: argparse.Namespace,
    loaded: Loaded,
    root: Path,
    given: Operand,
    compiler: str | None,
    into: Path,
) -> StrengthRecord:
    from wasmtrim.verify import mutants

    found = mutants.measure(
        into / "module.wasm",
        loaded.profile,
        compiler,
        into,
        root,
        count=args.mutants,
        seed=args.seed,
        name_of=owners.of(given).name,
    )
    return found.record()


def _print(loaded: Loaded, verdict: Verification, strength: StrengthRecord | None) -> None:
    width = max(len(check.name) for check in verdict.checks)
    for check in verdict.checks:
        print(f"{_WORDS[check.outcome]}  {check.name:{width}}  {check.detail}")
    failed = sum(not check.ok for check in verdict.checks)
    judged = sum(check.judged for check in verdict.checks)
    left = len(verdict.checks) - judged
    print(
        f"{loaded.name}: "
        + (f"{failed} of {judged} fail" if failed else "all hold")
        + (f", {left} not judged" if left else "")
    )
    if strength:
        _print_strength(strength)


def _print_strength(strength: StrengthRecord) -> None:
    """Print what became of the mutants."""
    found, more = strength.found_by_cases, strength.found_by_generated_inputs
    print(
        f"{strength.mutants} mutants (seed {strength.seed}): {found} found by the cases,"
        f" {more} more by {strength.inputs:,} generated inputs,"
        f" {strength.no_difference} show no difference"
    )
    if strength.shown:
        part = found / strength.shown
        print(f"strength of the cases: {found} of {strength.shown}, {part:.0%}")
    functions, code = strength.functions, strength.code_bytes
    print(
        f"reached by the cases: {functions.reached:,} of {functions.all:,} functions,"
        f" {code.reached:,} of {code.all:,} bytes of code"
    )
    for row in strength.let_pass:
        print(f"let pass: {row.mutants} in {row.function}")
    left = functions.all - functions.reached
    if left:
        shown = strength.not_reached[:_MOST_SHOWN]
        largest = ", ".join(f"{row.function} ({row.code_bytes:,})" for row in shown)
        print(f"without mutants, as no case reaches them: {left:,} functions; largest: {largest}")


def _compiler(record: Path, sha256: str) -> str | None:
    """The compiler of a module that this project released; None for any other module.

    A limit that holds for one compiler only is judged for that one; for unknown modules, always.
    """
    from wasmtrim import records

    released = records.SIZES.read(record) if record.exists() else None
    if not released or released.shipped.sha256 != sha256 or not released.compiler:
        return None
    return released.compiler.name
