"""Whose crates are, by cargo's lock file: a package of the project itself has no source."""

from __future__ import annotations

from pathlib import Path

from wasmtrim import reading
from wasmtrim.errors import UsageError
from wasmtrim.records.fields import OWN, THIRD_PARTY

_MOST = 16 << 20


def read(path: Path) -> dict[str, str]:
    """OWN or THIRD_PARTY by the name of the crate. UsageError where it is not such a file."""
    import tomllib

    text = reading.whole(path, "a lock file of cargo", _MOST)
    try:
        packages = tomllib.loads(text.decode())["package"]
        found: dict[str, str] = {}
        for package in packages:
            name = package["name"].replace("-", "_")
            group = THIRD_PARTY if "source" in package else OWN
            found[name] = OWN if OWN in (group, found.get(name)) else group
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path}: not a lock file of cargo, which has [[package]] with name and source:"
            f" {error or type(error).__name__}; give the Cargo.lock of the project"
        ) from None
    return found
