"""A bench from its beginning to its summary: servers up, measured in turn, down again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wasmtrim.errors import UsageError
from wasmtrim.serve import service
from wasmtrim.serve.bench import bare, cpus, measure, summary
from wasmtrim.serve.bench.summary import Summary
from wasmtrim.serve.bench.target import Target, started
from wasmtrim.serve.modes import MODES

MOST_BODY: Final = 256 << 20


@dataclass(frozen=True)
class Wanted:
    """What is to be measured, with which body, how long and how often."""

    what: str
    input: Path | None
    modes: tuple[str, ...]
    against: tuple[str, ...]
    clients: int
    seconds: int
    repeats: int


def bench(wanted: Wanted, root: Path, say: Callable[[str], None]) -> Summary:
    """Measure. Raises WasmtrimError where there is nothing to measure, or no body."""
    addresses = [wanted.what, *wanted.against] if _is_url(wanted.what) else [*wanted.against]
    others = [Target(url.removeprefix("http://").rstrip("/"), url, ours=False) for url in addresses]
    body = _body(wanted, root)
    servers, load = cpus.split()
    basis: dict[str, float] = {}
    with ExitStack() as stack:
        targets = []
        if not _is_url(wanted.what):
            modes = wanted.modes or _allowed(wanted.what, root)
            loaded = {mode: service.load(wanted.what, root, mode=mode) for mode in modes}
            for mode in modes:
                say(f"{mode}: starting")
                targets.append(stack.enter_context(started(wanted.what, mode, servers)))
            for mode in ("pooled", "reused"):
                if mode in loaded:
                    say(f"{mode}: without a server")
                    basis[mode] = bare.seconds(loaded[mode], body, mode, wanted.seconds, servers)
        cpus.pin(load)
        results = measure.measure(
            [*targets, *others],
            body,
            clients=wanted.clients,
            seconds=wanted.seconds,
            repeats=wanted.repeats,
            say=say,
        )
    apart = "server and load on CPUs of their own" if servers != load else "all on one CPU"
    return summary.of(
        wanted.what,
        results,
        basis,
        cpus=apart,
        body=len(body),
        seconds=wanted.seconds,
        repeats=wanted.repeats,
    )


def _is_url(what: str) -> bool:
    return what.startswith(("http://", "https://"))


def _allowed(what: str, root: Path) -> tuple[str, ...]:
    """The modes that a profile or module allows."""
    if what.endswith(".wasm"):
        return tuple(mode for mode in MODES if mode != "reused")
    from wasmtrim import profile

    reusable = profile.load(what, root).profile.serve.reusable
    return tuple(mode for mode in MODES if reusable or mode != "reused")


def _body(wanted: Wanted, root: Path) -> bytes:
    file = wanted.input
    if file is None:
        if _is_url(wanted.what) or wanted.what.endswith(".wasm"):
            raise UsageError(f"{wanted.what}: name the body of its requests with --input FILE")
        from wasmtrim import profile

        cases = profile.load(wanted.what, root).profile.smoke
        given = next((case.input for case in cases if case.input), None)
        if given is None:
            raise UsageError(
                f"profile {wanted.what}: it has no smoke.input; name a body with --input FILE"
            )
        file = root / given
    if file.stat().st_size > MOST_BODY:
        raise UsageError(f"{file}: more than {MOST_BODY:,} bytes")
    return file.read_bytes()
