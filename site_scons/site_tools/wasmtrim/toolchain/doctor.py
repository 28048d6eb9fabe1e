"""The state of every program: where it is, its version, what is wrong, what fixes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.go_versions import check_go_version
from wasmtrim.toolchain.locate import Locator, Missing, Tool, variable_of
from wasmtrim.toolchain.pins import FILES


@dataclass(frozen=True)
class ProgramStatus:
    """One program. `wrong` says what is wrong, in a line or more; `fix` is what to do then.

    `chosen` says how a program that a variable names differs from the pinned one. `unproven` says
    why one of the pinned version does not count as pinned. `needed` says what for, and is None
    when nothing needs it here. `fails`: the build fails without a fix.
    """

    program: str
    tool: Tool | None
    wrong: str = ""
    fix: str = ""
    chosen: str = ""
    unproven: str = ""
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
    """Return whether a build would fail for want of a program."""
    return any(status.fails for status in findings)


def _finding(
    locator: Locator, program: str, needed: Mapping[str, str], replaced: Mapping[str, str]
) -> ProgramStatus:
    purpose = needed.get(program) or replaced.get(program)
    try:
        tool = locator.find(program, fetch=program in needed or program not in FILES)
    except Missing as error:
        tried = [f"{source}: {why}" for source, why in error.tried]
        wrong = "\n".join([f"{error.wanted} is not available", *tried])
        return ProgramStatus(
            program, None, wrong, error.fix, needed=purpose, fails=program in needed
        )
    except ToolError as error:
        fix = f"see {variable_of(program)}"
        return ProgramStatus(
            program, None, str(error), fix, needed=purpose, fails=program in needed
        )
    pin = locator.toolchain[program]
    if pin.policy == "system" or tool.pinned:
        return ProgramStatus(program, tool, needed=purpose)
    if tool.version == pin.version and pin.sha256 is None:
        key = f"programs.{program}.sha256 in config/toolchain.yaml"
        unproven = f"{tool.version} by its own word; {key} pins it: {tool.digest}"
        return ProgramStatus(program, tool, unproven=unproven, needed=purpose)
    # Only a variable brings another one than the pinned.
    variable = variable_of(program)
    chosen = f"not the pinned {pin.version}, so sizes may differ; unset {variable} to use that"
    return ProgramStatus(program, tool, chosen=chosen, needed=purpose)


def _paired(findings: list[ProgramStatus]) -> list[ProgramStatus]:
    """Say at TinyGo when the Go that was found doesn't fit it."""
    tools = {status.program: status.tool for status in findings}
    tinygo, go = tools.get("tinygo"), tools.get("go")
    if tinygo is None or go is None:
        return findings
    try:
        check_go_version(tinygo, go)
    except ToolError as error:
        wrong, _, fix = str(error).partition(": ")
        return [
            ProgramStatus("tinygo", tinygo, wrong, fix, fails=status.needed is not None)
            if status.program == "tinygo"
            else status
            for status in findings
        ]
    return findings
