"""What a user may say on scons' command line, and the help that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wasmtrim.errors import UsageError
from wasmtrim.tune import BUDGET

RELEASE, BASELINE, TUNE = "release", "baseline", "tune"  # the targets that are not files
TARGETS = {
    "release": "compile, prune, strip, optimize and verify every profile",
    "dist/NAME.wasm": "the same for the profile NAME",
    "tune": "search for the recipe of wasm-opt for each profile with a metric",
    "baseline": "record the current release as the baseline of later ones",
}
OPTIONS = {
    "profile=NAME": "build, or tune, only this profile",
    "compiler=tinygo": "build with TinyGo or not at all: refuse the fallback to Go",
    "verbose=1": "show the whole command of each stage",
    "budget=N": f"how many recipes `scons tune` tries; default: {BUDGET}",
    "seed=N": "the seed of `scons tune`; default: 1",
    "scheduler=ADDRESS": "a Dask cluster that `scons tune` uses instead of processes",
    "dirty=1": "let `scons baseline` take sources that are not committed",
    "--write": "let `scons tune` write each recipe into its profile",
    "--deliver-anyway": "write `dist/NAME.wasm` even if a check or budget fails; the status is 2",
}


@dataclass(frozen=True)
class Options:
    """`profile` is None for all. `budget`, `seed`, `scheduler` and `write` are of `scons tune`."""

    profile: str | None
    no_fallback: bool
    verbose: bool
    dirty: bool
    deliver_anyway: bool
    budget: int
    seed: int
    scheduler: str | None
    write: bool


def read(arguments: Mapping[str, str], *, deliver_anyway: bool, write: bool) -> Options:
    """Read the options; raises UsageError for a value that is not one."""
    compiler = arguments.get("compiler")
    if compiler not in (None, "tinygo"):
        raise UsageError(f"compiler={compiler}: the only value is tinygo")
    profile = arguments.get("profile")
    return Options(
        profile,
        compiler == "tinygo",
        _flag(arguments, "verbose"),
        _flag(arguments, "dirty"),
        deliver_anyway,
        _number(arguments, "budget", BUDGET, range(2, 100_001)),
        _number(arguments, "seed", 1, range(1 << 32)),
        arguments.get("scheduler"),
        write,
    )


def _flag(arguments: Mapping[str, str], name: str) -> bool:
    value = arguments.get(name, "0")
    if value not in ("0", "1"):
        raise UsageError(f"{name}={value}: the values are 0 and 1")
    return value == "1"


def _number(arguments: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    text = arguments.get(name, str(default))
    if not text.isdecimal() or int(text) not in allowed:
        first, last = allowed[0], allowed[-1]
        raise UsageError(f"{name}={text}: a whole number from {first} to {last:,}")
    return int(text)


def help_on(name: str, meaning: str) -> str:
    """Return a line of what `scons -h` shows: of a target, an option, or, after HELP, a profile."""
    return f"  {name:16}  {meaning}".rstrip() + "\n"


HELP = "".join(
    [
        "targets of wasmtrim:\n",
        *(help_on(*target) for target in TARGETS.items()),
        "\noptions of wasmtrim:\n",
        *(help_on(*option) for option in OPTIONS.items()),
        "\nprofiles:\n",
    ]
)
