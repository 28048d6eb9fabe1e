"""The state of every program: where it is, its version, what is wrong, what mends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.go_versions import check_go_version
from wasmtrim.toolchain.locate import Locator, Missing, Tool, variable_of
from wasmtrim.toolchain.pins import FILES


@dataclass(frozen=True)
class ProgramStatus:
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
) -> list[ProgramStatus]:
    """Look for every program, over the network too; addresses that failed are tried again.

    `needed` names the programs that the build can't do without and what for; `replaced` those
    that it wants and can do without, and what is done then.
    """
    locator.store.reach.forget()
    replaced = replaced or {}
    findings = [_finding(locator, program, needed, replaced) for program in locator.toolchain.pins]
    return _paired(findings)


def fails(findings: Iterable[ProgramStatus]) -> bool:
    """Tell whether a build would fail for want of a program."""
    return any(status.fails for status in findings)


def _finding(
    locator: Locator, program: str, needed: Mapping[str, str], replaced: Mapping[str, str]
) -> ProgramStatus:
    purpose = needed.get(program) or replaced.get(program)
    try:
        tool = locator.find(program, fetch=program in needed or program not in FILES)
    except Missing as error:
        tried = [f"{source}: {why}" for source, why in error.tried]
        wrong = "\n".join([f"{error.wanted} is not to be had", *tried])
        return ProgramStatus(program, None, wrong, error.mend, purpose, program in needed)
    except ToolError as error:
        mend = f"see {variable_of(program)}"
        return ProgramStatus(program, None, str(error), mend, purpose, program in needed)
    pin = locator.toolchain[program]
    if pin.policy == "locked" and not tool.pinned:
        wrong = f"not the pinned version {pin.version}: sizes differ from those of others"
        return ProgramStatus(program, tool, wrong, f"unset {variable_of(program)}", purpose)
    return ProgramStatus(program, tool, needed=purpose)


def _paired(findings: list[ProgramStatus]) -> list[ProgramStatus]:
    """Say at TinyGo when the Go that was found doesn't fit it."""
    tools = {status.program: status.tool for status in findings}
    tinygo, go = tools.get("tinygo"), tools.get("go")
    if tinygo is None or go is None:
        return findings
    try:
        check_go_version(tinygo, go)
    except ToolError as error:
        wrong, _, mend = str(error).partition(": ")
        return [
            ProgramStatus("tinygo", tinygo, wrong, mend, fails=status.needed is not None)
            if status.program == "tinygo"
            else status
            for status in findings
        ]
    return findings
