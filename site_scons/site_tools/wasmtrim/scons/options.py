"""What a user may say on scons' command line, as `name=value`, and the help that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wasmtrim.errors import RequestError

OPTIONS = {
    "profile": "profile=NAME      build only this profile",
    "compiler": "compiler=tinygo   build with TinyGo or not at all: refuse the fallback to Go",
    "verbose": "verbose=1         show the whole command of each stage",
    "dirty": "dirty=1           let `scons baseline` take sources that are not committed",
}


@dataclass(frozen=True)
class Options:
    """`profile` is None for all of them."""

    profile: str | None
    no_fallback: bool
    verbose: bool
    dirty: bool


def read(arguments: Mapping[str, str]) -> Options:
    """Read the options; raises RequestError for a value that is not one."""
    compiler = arguments.get("compiler")
    if compiler not in (None, "tinygo"):
        raise RequestError(f"compiler={compiler}: the only value is tinygo")
    profile = arguments.get("profile")
    return Options(
        profile, compiler == "tinygo", _flag(arguments, "verbose"), _flag(arguments, "dirty")
    )


def _flag(arguments: Mapping[str, str], name: str) -> bool:
    value = arguments.get(name, "0")
    if value not in ("0", "1"):
        raise RequestError(f"{name}={value}: the values are 0 and 1")
    return value == "1"


HELP = "\n".join(
    [
        "targets of wasmtrim:",
        "  release           compile, prune, strip, optimize and verify every profile",
        "  dist/NAME.wasm    the same for the profile NAME",
        "  baseline          take what is released now as what later releases are compared with",
        "",
        "options of wasmtrim:",
        *(f"  {text}" for text in OPTIONS.values()),
        "",
        "profiles:",
        "",
    ]
)


def help_on(profile: str, description: str) -> str:
    """Give a profile's line of what `scons -h` shows, after HELP."""
    return f"  {profile:16}  {description}".rstrip() + "\n"
