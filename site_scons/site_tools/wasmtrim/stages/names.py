"""Whether a module's names are to outlive the stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmtrim.wasm.names import SECTION

if TYPE_CHECKING:
    from wasmtrim.profile import Profile


def kept(profile: Profile) -> bool:
    """Return whether a profile ships the name section: nothing strips it, or strip keeps it."""
    return "strip" not in profile.stages or SECTION in profile.strip.keep
