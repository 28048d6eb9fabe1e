"""What holds for every run of a module, whatever it is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wasmtrim.nn.settings import Settings
from wasmtrim.profile import Profile
from wasmtrim.verify import contract, inference, limits
from wasmtrim.verify.sandbox import RunLimits


@dataclass(frozen=True)
class Conditions:
    """`seconds` of CPU time are for many runs together.

    `stderr` is False where a stage may change what is said there.
    """

    run_limits: RunLimits
    start_ms: int
    step_ms: int
    now_ms: bool
    seconds: float = 0
    stderr: bool = True
    nn: Settings | None = None


def conditions(profile: Profile, compiler: str | None, root: Path) -> Conditions:
    """Return those of a profile's module; `compiler` built it, or is None for a ready one."""
    return Conditions(
        limits.of_run(profile.limits, compiler),
        profile.clock.start_ms,
        profile.clock.step_ms,
        now_ms=contract.allows(profile.contract, "env.now_ms"),
        nn=inference.settings(profile, root),
    )
