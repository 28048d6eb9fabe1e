"""WASI-NN in a verification: what the module is given, and on what its models ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wasmtrim.check import Check, failed, held, not_judged
from wasmtrim.nn.settings import Dispatch, Settings
from wasmtrim.profile import Case, Profile
from wasmtrim.verify.run import Run


def settings(profile: Profile, root: Path) -> Settings | None:
    """What a run is told, with the same figures on every machine; None where there is no WASI-NN.

    `root` is the project's.
    """
    return profile.nn.settings(root, exact=True) if profile.nn else None


def dispatch(folder: Path, cases: Sequence[Case]) -> Dispatch | None:
    """On what the models of the runs below `folder` ran; None where no run tells."""
    runs = (Run.read(folder / case.folder) for case in cases)
    found = [run.nn for run in runs if run.nn]
    targets = {target for each in found for target in each.targets}
    return replace(found[0], targets=tuple(sorted(targets))) if found else None


def check(profile: Profile, found: Dispatch | None) -> list[Check]:
    """Say which of the providers there were; a fault only where one is missing that must be there.

    One that is missing else leaves the module not judged on it. There is no check without WASI-NN,
    or where no run tells.
    """
    if profile.nn is None or found is None:
        return []
    refusal = found.refusal(profile.nn.require)
    if refusal:
        return [failed("nn", refusal)]
    return [(not_judged if found.fell_back else held)("nn", found.told)]
