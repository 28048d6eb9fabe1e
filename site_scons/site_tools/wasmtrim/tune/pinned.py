"""The recipe that was found, in the profile's file: only its own lines change."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from wasmtrim import atomic, located_yaml
from wasmtrim.errors import UsageError
from wasmtrim.records import TuningRecord

_OPTIMIZE = re.compile(r"optimize:[ ]*(#.*)?")


def lines(record: TuningRecord, indent: str = "  ") -> list[str]:
    """The recipe as YAML, to stand in the map `optimize`, each level deeper by `indent`."""
    options = [f"{3 * indent}- {option}" for option in record.options]
    return [
        f"{indent}recipe:",
        f"{2 * indent}options:" + ("" if options else " []"),
        *options,
        f'{2 * indent}wasm_opt: "{record.tool.version}"',
        f"{2 * indent}metric: {record.metric}",
        f"{2 * indent}gain: {record.gain:.2f}",
        f"{2 * indent}seed: {record.seed}",
        f"{2 * indent}date: {record.date}",
        *([f"{2 * indent}proof: {record.functions.claim}"] if record.functions else []),
    ]


def edited(text: str, record: TuningRecord, file: Path) -> str:
    """Give a profile's text with the recipe in it, in place of one that stands there.

    Raises UsageError where `optimize` is not written as a map of a key a line.
    """
    before = text.splitlines()
    found = [at for at, line in enumerate(before) if line.startswith("optimize:")]
    if not found:
        after = [*before, "optimize:", *lines(record)]
    elif not _OPTIMIZE.fullmatch(before[found[0]]):
        raise _refused(file, record)
    else:
        after = _replaced(before, found[0], record)
    made = "\n".join(after) + "\n"
    _check(text, made, file, record)
    return made


def _replaced(before: list[str], at: int, record: TuningRecord) -> list[str]:
    end = at + 1
    while end < len(before) and (_depth(before[end]) or not before[end].strip()):
        end += 1
    block = before[at + 1 : end]
    depth = next((_depth(line) for line in block if _is_key(line)), 2)
    kept, inside = [], False
    for line in block:
        if line.strip() and _depth(line) <= depth:
            inside = line.strip().startswith("recipe:")
        if not inside:
            kept.append(line)
    return [*before[: at + 1], *lines(record, depth * " "), *kept, *before[end:]]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else 0


def _is_key(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _check(before: str, after: str, file: Path, record: TuningRecord) -> None:
    """Read both, and see that nothing else changed."""
    (old, _), (new, problems) = (located_yaml.parse(t.encode(), file) for t in (before, after))
    was, now = old.plain() or {}, new.plain() or {}
    parts = [tree.pop("optimize", None) or {} for tree in (was, now)]
    found = [part.pop("recipe", None) for part in parts][1]
    whole = isinstance(found, dict) and found.get("options") == [*record.options]
    if problems or was != now or parts[0] != parts[1] or not whole:
        raise _refused(file, record)


def _refused(file: Path, record: TuningRecord) -> UsageError:
    wanted = "\n".join(["optimize:", *lines(record)])
    return UsageError(
        f"{file}: the recipe cannot be written into it; write `optimize:` as a map with a key a"
        f" line, or put this there by hand:\n{wanted}"
    )


def difference(before: str, after: str, name: str) -> str:
    """Show what changes, as a unified diff."""
    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
    return "\n".join(rows)


def write(file: Path, record: TuningRecord, *, name: str, write: bool) -> str:
    """Give the difference that the recipe makes in a profile's file; make it if `write`."""
    before = file.read_text(encoding="utf-8")
    after = edited(before, record, Path(name))
    if write:
        atomic.write_text(file, after)
    return difference(before, after, name)
