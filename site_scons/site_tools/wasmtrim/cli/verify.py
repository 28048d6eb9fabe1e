"""`wasmtrim verify`: prove in wasmtime that a module keeps a profile's contract."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wasmtrim.check import Outcome
from wasmtrim.cli import Subparsers, operand

if TYPE_CHECKING:
    from wasmtrim.profile import Loaded

_WORDS = {Outcome.HELD: "ok  ", Outcome.FAILED: "FAIL", Outcome.NOT_JUDGED: "skip"}
# A folder per profile and module: what the runs wrote, and differences.
BUILD_FOLDER = Path("build", "verify")


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "verify",
        help="prove in wasmtime that a module keeps a profile's contract",
        description="Checks features, imports, exports, limits and the smoke run of a module."
        " Exit status 1 when a check fails.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument("--profile", required=True, metavar="NAME", help="the profile to keep to")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify one module in the project of the current folder; 0 when every check holds."""
    from filelock import FileLock

    from wasmtrim import profile, sizes
    from wasmtrim.verify import MOST_MODULE_BYTES

    root = Path.cwd()
    loaded = profile.load(args.profile, root)
    data = operand.read(args.module, "a module to verify", MOST_MODULE_BYTES).data
    into = root / BUILD_FOLDER / f"{loaded.name}-{sizes.sha256(data)[:8]}"
    into.mkdir(parents=True, exist_ok=True)
    # Another run of the same must not judge what this one writes.
    with FileLock(f"{into}.lock"):
        return _run(args, loaded, root, data, into)


def _run(args: argparse.Namespace, loaded: Loaded, root: Path, data: bytes, into: Path) -> int:
    from wasmtrim import atomic, records, sizes, toolchain
    from wasmtrim.verify import StageRun, run_smoke, verify

    tools = toolchain.Locator(toolchain.load(root), root)
    module = into / "module.wasm"
    atomic.write_bytes(module, data)
    sha256 = sizes.sha256(data)
    compiler = _compiler(root / "dist" / f"{loaded.name}.sizes.json", sha256)
    limits = loaded.profile.limits
    compressed = (limits.gzip.for_compiler(None), limits.brotli.for_compiler(None))
    # Where nothing bounds them, compressing it would take seconds and tell nothing.
    packed = sizes.Compressed(b"", b"") if compressed == (None, None) else None
    size = sizes.measure(data, packed)
    if loaded.profile.smoke:
        run_smoke(module, loaded.profile, compiler, root, into)
    verdict = verify(
        loaded.profile,
        compiler,
        [StageRun("module", module, into if loaded.profile.smoke else None)],
        size,
        wasm_tools=tools.find("wasm-tools"),
        root=root,
        into=into,
    )
    if args.json:
        print(records.VERIFICATION.text(verdict.record(loaded.name)), end="")
        return 0 if verdict.ok else 1
    width = max(len(check.name) for check in verdict.checks)
    for check in verdict.checks:
        print(f"{_WORDS[check.outcome]}  {check.name:{width}}  {check.detail}")
    failed = sum(not check.ok for check in verdict.checks)
    print(
        f"{loaded.name}: " + (f"{failed} of {len(verdict.checks)} fail" if failed else "all hold")
    )
    if failed and loaded.profile.smoke:
        print(f"what the run wrote lies in {into.relative_to(root)}")
    return 0 if verdict.ok else 1


def _compiler(record: Path, sha256: str) -> str | None:
    """The compiler of a module that this project released; None for any other module.

    A limit that holds for one compiler only is judged for that one; for unknown modules, always.
    """
    from wasmtrim import records

    released = records.SIZES.read(record) if record.exists() else None
    if not released or released.shipped.sha256 != sha256 or not released.compiler:
        return None
    return released.compiler.name
