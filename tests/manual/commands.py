"""The manual's part about the command: each subcommand with its usage and arguments.

Read out of argparse's parsers, whose list of arguments has no public name.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from tests.manual.markdown import table

from wasmtrim.cli.main import parser


def parts() -> dict[str, str]:
    """The generated parts of docs/commands.md that are about the command, by their names."""
    return {"commands": "\n".join(_section(command, line) for command, line in _below(parser()))}


def _section(command: argparse.ArgumentParser, line: str) -> str:
    leaves = [*_below(command)] or [(command, "")]
    usages = "\n".join(usage for leaf, _ in leaves for usage in _usage(leaf))
    rows = dict.fromkeys(row for leaf, does in leaves for row in _rows(leaf, does))
    arguments = f"\n{table(('argument', 'meaning'), rows)}" if rows else ""
    said = f"{line[0].upper()}{line[1:]}.\n\n{command.description}"
    return f"### `{command.prog}`\n\n{said}\n\n```\n{usages}\n```\n{arguments}"


def _below(command: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """The commands or actions below a parser, each with its line in the help."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, choice in zip(action.choices.values(), action._choices_actions, strict=True):
                yield name, choice.help or ""


def _usage(command: argparse.ArgumentParser) -> list[str]:
    command.formatter_class = partial(argparse.HelpFormatter, width=1000)
    text = command.format_usage().removeprefix("usage: ").replace(" [-h]", "")
    return [line.strip() for line in text.splitlines()]


def _rows(command: argparse.ArgumentParser, does: str) -> Iterator[tuple[str, str]]:
    if does:
        yield f"`{command.prog.rpartition(' ')[2]}`", does
    for action in command._actions:
        if action.help and not isinstance(action, argparse._HelpAction):
            yield f"`{_shown(action)}`", action.help


def _shown(action: argparse.Action) -> str:
    """`MODULE`, `--json`, `--profile NAME`, `--format text|md|json|junit`."""
    name = max(action.option_strings, key=len, default="")
    value = "" if action.nargs == 0 else action.metavar or "|".join(action.choices or ())
    return f"{name} {value}".strip()
