"""What a user may say on scons' command line, as `name=value`, and the help that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wasmtrim.errors import RequestError

OPTIONS = {
    "profile": "profile=NAME      build only this profile",
    "compiler": "compiler=tinygo   build with TinyGo or not at all: refuse the fallback to Go",
    "verbose": "verbose=1         show the whole command of each stage",
}


@dataclass(frozen=True)
class Options:
    """`profile` is None for all of them."""

    profile: str | None
    no_fallback: bool
    verbose: bool


def read(arguments: Mapping[str, str]) -> Options:
    """Read the options; raises RequestError for a value that is not one."""
    compiler = arguments.get("compiler")
    if compiler not in (None, "tinygo"):
        raise RequestError(f"compiler={compiler}: the only value is tinygo")
    verbose = arguments.get("verbose", "0")
    if verbose not in ("0", "1"):
        raise RequestError(f"verbose={verbose}: the values are 0 and 1")
    return Options(arguments.get("profile"), compiler == "tinygo", verbose == "1")


HELP = "\n".join(
    [
        "targets of wasmtrim:",
        "  release           compile, prune, strip, optimize and verify every profile",
        "  dist/NAME.wasm    the same for the profile NAME",
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
