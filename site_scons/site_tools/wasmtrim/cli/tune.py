"""`wasmtrim tune`: search for the recipe of wasm-opt that makes a module smallest."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from pathlib import Path
from types import FrameType

from wasmtrim import errors
from wasmtrim.cli import Subparsers, operand, whole
from wasmtrim.records.fields import METRICS
from wasmtrim.tune import BUDGET

_MOST = 100_000
_LARGEST_SEED = (1 << 32) - 1


def add(subparsers: Subparsers) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "tune",
        help="search for the options of wasm-opt that make a module smallest",
        description="Try recipes (lists of options) of wasm-opt, each followed by the stage layout,"
        " and write the smallest module that is proven to be the same program. The same seed gives"
        " the same recipe. ^C keeps the best so far. Results are kept: a search that was killed"
        " continues where it stopped.",
    )
    parser.add_argument("module", metavar="MODULE", help="a .wasm file, or - for standard input")
    parser.add_argument(
        "--metric",
        choices=METRICS,
        help="the size to minimize; default: the metric of the profile",
    )
    parser.add_argument("--out", required=True, metavar="FILE", help="the module to write")
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="the profile whose contract and smoke run the module must keep",
    )
    parser.add_argument(
        "--budget",
        type=whole(1, _MOST),
        default=BUDGET,
        metavar="CANDIDATES",
        help=f"how many recipes to try; default: {BUDGET}",
    )
    parser.add_argument(
        "--seed",
        type=whole(0, _LARGEST_SEED),
        default=1,
        metavar="N",
        help="the seed of the search; default: 1",
    )
    parser.add_argument(
        "--seconds",
        type=whole(1, _MOST),
        metavar="S",
        help="stop after this time with the best so far",
    )
    parser.add_argument(
        "--jobs", type=whole(1, _MOST), metavar="N", help="worker processes; default: one per CPU"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask cluster to use instead of processes: tls://HOST:PORT, or tcp:// on loopback",
    )
    parser.add_argument("--json", action="store_true", help="print the record as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Search, write the module, tell what was found; 0."""
    from wasmtrim import atomic, profile, records, toolchain
    from wasmtrim.errors import UsageError
    from wasmtrim.profile import Profile
    from wasmtrim.toolchain.locate import user_cache

    with errors.needed("tune"):
        import loky  # noqa: F401
        import optuna  # noqa: F401

        from wasmtrim.tune import subject, told, tuning, workers
        from wasmtrim.tune.candidate import Tools
        from wasmtrim.tune.live import Shown

    root = Path.cwd()
    given = operand.module(args.module)
    loaded = profile.load(args.profile, root) if args.profile else None
    kept_to = loaded.profile if loaded else Profile(prune=False)
    metric = args.metric or kept_to.metric
    if metric is None:
        raise UsageError(
            "--metric is missing: raw, gzip or brotli (there is no profile that has one)"
        )
    locator, cache = toolchain.Locator(toolchain.load(root), root), user_cache()
    out = Path(args.out)
    tools = Tools.of(locator)
    work = cache / "tune"
    name = loaded.name if loaded else given.label
    tuned = subject.prepare(name, given.data, kept_to, None, metric, locator, root, work)
    stop = _Stop(args.seconds)
    scheduler = workers.at(args.scheduler, tools, work, args.jobs)
    try:
        with Shown(quiet=args.json) as shown:
            record, module = tuning.tune(
                tuned,
                tuning.Wanted(args.budget, args.seed),
                tools=tools,
                scheduler=scheduler,
                cache=work,
                into=out.with_suffix(".tune"),
                stopped=stop,
                tell=shown.tell,
            )
    finally:
        scheduler.close()
    atomic.write_bytes(out, module)
    if args.json:
        print(records.TUNING.text(record), end="")
    else:
        print("\n".join([*told.lines(record), f"wrote {out}"]))
    return 0


class _Stop:
    """Whether to stop: on ^C or SIGTERM, or when the time is over."""

    def __init__(self, seconds: int | None) -> None:
        self._asked = threading.Event()
        self._end = None if seconds is None else time.monotonic() + seconds
        asking = (signal.SIGINT, signal.SIGTERM)
        self._before = {number: signal.signal(number, self._interrupt) for number in asking}

    def _interrupt(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._asked.set()
        for each, handler in self._before.items():  # a second one ends at once
            signal.signal(each, handler)

    def __call__(self) -> bool:
        return self._asked.is_set() or (self._end is not None and time.monotonic() > self._end)
