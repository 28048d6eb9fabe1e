"""The state of every program: where it is, its version, what is wrong, what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.locate import Locator, Missing, Tool, variable_of
from wasmtrim.toolchain.pair import check_pair
from wasmtrim.toolchain.pins import FILES


@dataclass(frozen=True)
class Finding:
    """One program. `wrong` says what is wrong, in a line or more; `mend` is what to do then.

    `needed` says what for, and is None when nothing needs it here. `fails` tells that the build
    fails: something is wrong with a program that is needed and that nothing replaces.
    """

    program: str
    tool: Tool | None
    wrong: str = ""
    mend: str = ""
    needed: str | None = None
    fails: bool = False


def examine(
    locator: Locator, needed: Mapping[str, str], replaced: Mapping[str, str] | None = None
) -> list[Finding]:
    """Look for every program, over the network too; addresses that failed are tried again.

    `needed` names the programs that the build can't do without and what for; `replaced` those
    that it wants and can do without, and what is done then.
    """
    locator.store.reach.forget()
    replaced = replaced or {}
    findings = [_finding(locator, program, needed, replaced) for program in locator.toolchain.pins]
    return _paired(findings)


def fails(findings: Iterable[Finding]) -> bool:
    """Tell whether a build would fail for want of a program."""
    return any(finding.fails for finding in findings)


def _finding(
    locator: Locator, program: str, needed: Mapping[str, str], replaced: Mapping[str, str]
) -> Finding:
    purpose = needed.get(program) or replaced.get(program)
    try:
        tool = locator.find(program, fetch=program in needed or program not in FILES)
    except Missing as error:
        tried = [f"{source}: {why}" for source, why in error.tried]
        wrong = "\n".join([f"{error.wanted} is not to be had", *tried])
        return Finding(program, None, wrong, error.mend, purpose, program in needed)
    except ToolError as error:
        mend = f"see {variable_of(program)}"
        return Finding(program, None, str(error), mend, purpose, program in needed)
    pin = locator.toolchain[program]
    if pin.policy == "locked" and not tool.pinned:
        wrong = f"not the pinned version {pin.version}: sizes differ from those of others"
        return Finding(program, tool, wrong, f"unset {variable_of(program)}", purpose)
    return Finding(program, tool, needed=purpose)


def _paired(findings: list[Finding]) -> list[Finding]:
    """Say at TinyGo when the Go that was found doesn't fit it."""
    tools = {finding.program: finding.tool for finding in findings}
    tinygo, go = tools.get("tinygo"), tools.get("go")
    if tinygo is None or go is None:
        return findings
    try:
        check_pair(tinygo, go)
    except ToolError as error:
        wrong, _, mend = str(error).partition(": ")
        return [
            Finding("tinygo", tinygo, wrong, mend, fails=finding.needed is not None)
            if finding.program == "tinygo"
            else finding
            for finding in findings
        ]
    return findings
