"""How figures and foreign text are written, the same in every format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from wasmtrim.attribution.packages.package_shares import ABOUT
from wasmtrim.check import Check
from wasmtrim.escaping import printable
from wasmtrim.records import Change, Comparison, FileSize, Names
from wasmtrim.regression.budget import BROTLI_NOISE
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report.model import ProfileReport, Report, Verdict
from wasmtrim.wording import listed, plural

_MOST_SAID: Final = 4_000  # characters of what a program said


def count(value: int) -> str:
    """A whole number with its thousands apart: `197,210`."""
    return f"{value:,}"


def brotli(size: FileSize) -> str:
    """A size under brotli; an estimate is marked: `≈197,210`."""
    return f"{'' if size.brotli_exact else ABOUT}{count(size.brotli)}"


def signed(value: int) -> str:
    """A difference with its sign: `-1,204`, `+3`, `0`."""
    return f"{value:+,}" if value else "0"


def per_cent(new: int, old: int) -> str:
    """A difference in per cent of the old: `-4.5 %`; nothing where the old is nothing."""
    if old == 0:
        return ""
    change = 100 * (new - old) / old
    return f"{change:+.1f} %" if round(change, 1) else "0.0 %"


def shortened(text: str, most: int) -> str:
    """At most `most` characters of a text; what is left out is told by its length."""
    left_out = len(text) - most
    return text if left_out <= 0 else f"{text[:most]}... ({left_out:,} more characters)"


def compiler(profile: ProfileReport) -> str:
    """Who compiled it: `go 1.26.8 (fallback)`, or that it was a ready module."""
    if profile.release is None:
        return ""
    fallback = " (fallback)" if profile.release.is_fallback else ""
    return printable(f"{profile.release.compiled_by}{fallback}")


def verdict(profile: ProfileReport) -> str:
    """The verdict in a line, after its word: what ships, or what fails."""
    if profile.verdict is Verdict.NOT_BUILT:
        return reason(profile)
    if profile.verdict is Verdict.FAILED:
        names = ", ".join(printable(check.name) for check in profile.failures)
        judged = sum(check.judged for check in profile.all_checks)
        unjudged = f"; {left_unjudged(profile)}" if left_unjudged(profile) else ""
        return f"{len(profile.failures)} of {plural(judged, 'check')}: {names}{unjudged}"
    assert profile.release
    size = profile.release.shipped.size
    sizes = f"{count(size.raw)} bytes, gzip {count(size.gzip)}, brotli {count(size.brotli)}"
    return f"{sizes}; {checks(profile)}"


def reason(profile: ProfileReport) -> str:
    """Why a profile was not built, in a line."""
    return shortened(printable(profile.message.partition("\n")[0]), 500)


def said(profile: ProfileReport) -> tuple[str, ...]:
    """All that the program said, line by line, where that is more than the reason."""
    lines = shortened(profile.message, _MOST_SAID).splitlines()
    return tuple(map(printable, lines)) if lines[1:] else ()


def checks(profile: ProfileReport) -> str:
    """How the checks came out: `8 checks hold, 2 limits not judged (fallback)`."""
    holding = sum(check.ok and check.judged for check in profile.all_checks)
    held = f"{plural(holding, 'check')} {'holds' if holding == 1 else 'hold'}"
    return ", ".join(filter(None, (held, left_unjudged(profile))))


def left_unjudged(profile: ProfileReport) -> str:
    """How many limits and budgets were not judged: `2 limits not judged (fallback)`."""
    limits, budgets = profile.not_judged
    told = []
    if limits:
        told.append(f"{plural(limits, 'limit')} not judged (fallback)")
    if budgets:
        told.append(f"{plural(budgets, 'budget')} not judged")
    return ", ".join(told)


def about(names: Sequence[str], report: Report, written: Callable[[str], str] = printable) -> str:
    """Which profiles a shared remark is about: `all 5 profiles`, or their names.

    `written` makes foreign text fit for the format.
    """
    if len(names) == len(report.profiles):
        return f"all {len(names)} profiles"
    return ", ".join(map(written, names))


def changed(comparison: Comparison, written: Callable[[str], str] = printable) -> str:
    """What changed since the base, in a line: `raw +61,204 (+31.0 %), gzip +20,004 (+28.1 %)`."""
    if comparison.identical:
        return "the same bytes"
    parts = []
    for name, change in comparison.metrics.items():
        if change.delta:
            share = per_cent(change.new or 0, change.old or 0)
            if name == "brotli" and abs(change.delta) <= BROTLI_NOISE * (change.old or 0):
                share += ", within its noise"
            parts.append(f"{written(name)} {signed(change.delta)}{f' ({share})' if share else ''}")
    return ", ".join(parts) or "the same sizes, other bytes"


def since(comparison: Comparison | None) -> str:
    """The bytes that came or went since the base: `+61,204 (+31.0 %)`, or `no base`."""
    if comparison is None:
        return "no base"
    raw = comparison.metrics["raw"]
    share = per_cent(raw.new or 0, raw.old or 0)
    return f"{signed(raw.delta)} ({share})" if raw.delta else "0"


APPROXIMATE: Final = f"{ABOUT} approximate: inlined code counts where it came from"


def marked(change: Change) -> str:
    """A mark behind the name of a package whose figure is approximate."""
    return f" {ABOUT}" if change.approximate else ""


def costs(comparison: Comparison, most: int) -> str:
    """The packages that changed most, each with its difference."""
    named = [f"{c.name}{marked(c)} {signed(c.delta)}" for c in comparison.packages]
    return listed(named, most)


FIGURES: Final = ("base", "now", "allowed", "over by")  # of a budget


def figures_of(check: Check) -> tuple[str, str, str, str]:
    """The figures of a budget, in the order of FIGURES; empty for any other check.

    The growth that waivers add is shown with what is allowed: `64 + 400 waived`.
    """
    measured = check.measured if isinstance(check, BudgetResult) else None
    if measured is None:
        return "", "", "", ""
    base = "" if measured.base is None else count(measured.base)
    waived = f" + {count(measured.waived)} waived" if measured.waived else ""
    return base, count(measured.now), f"{count(measured.allowed)}{waived}", count(measured.over)


def came_and_went(names: Names) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each kind of change of imports or exports in a word, with the names of it."""
    return ("added", names.added), ("removed", names.removed), ("changed", names.changed)


def outcome(judged: RegressionResult) -> str:
    """How a comparison came out: `failed: 1 of 3`, `passed: 3 of 3, 1 not judged`."""
    told = [finding for finding in judged.findings if finding.judged]
    unjudged = len(judged.findings) - len(told)
    if not told:
        why = "no budget was judged" if judged.profile else "there is no profile to judge by"
        return f"not judged: {why}"
    failed = sum(not finding.ok for finding in told)
    verdict = f"failed: {failed}" if failed else f"passed: {len(told)}"
    return f"{verdict} of {len(told)}" + (f", {unjudged} not judged" if unjudged else "")


def summary(report: Report, written: Callable[[str], str] = printable) -> str:
    """All profiles in a line: `5 profiles: 3 passed, 1 failed (edge), 1 not built (min)`.

    `written` makes foreign text fit for the format.
    """
    parts = []
    for kind in Verdict:
        names = [profile.name for profile in report.profiles if profile.verdict is kind]
        if names:
            which = "" if kind is Verdict.PASSED else f" ({', '.join(map(written, names))})"
            parts.append(f"{len(names)} {kind.value}{which}")
    return f"{plural(len(report.profiles), 'profile')}: {', '.join(parts)}"
