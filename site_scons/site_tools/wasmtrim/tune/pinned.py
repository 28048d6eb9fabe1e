"""The recipe that was found, in the profile's file: only its own lines change."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from wasmtrim import atomic, located_yaml
from wasmtrim.errors import UsageError
from wasmtrim.profile import Profile
from wasmtrim.records import TuningRecord
from wasmtrim.stages import optimize

_MAP = re.compile(r"[a-z]+:[ ]*(#.*)?")


def is_asked_for(profile: Profile, record: TuningRecord) -> bool:
    """Whether level and passes of a profile, without a recipe, are what was found."""
    given = optimize.built_by(profile, record.built_by)
    if given.optimize.recipe is not None or record.compiler:
        return False
    return optimize.settings(given).recipe == record.options


def lines(record: TuningRecord, indent: str = "  ") -> list[str]:
    """The recipe as YAML, to stand in the map `optimize`, each level deeper by `indent`."""
    options = [f"{3 * indent}- {option}" for option in record.options]
    proof = record.functions
    return [
        f"{indent}recipe:",
        f"{2 * indent}options:" + ("" if options else " []"),
        *options,
        f'{2 * indent}wasm_opt: "{record.tool.version}"',
        f"{2 * indent}metric: {record.metric}",
        f"{2 * indent}gain: {record.gain:.2f}",
        f"{2 * indent}seed: {record.seed}",
        f"{2 * indent}date: {record.date}",
        *([f"{2 * indent}proof: {proof.claim}"] if proof and not proof.note else []),
        *([f"{2 * indent}compiler: {record.built_by}"] if record.built_by else []),
    ]


def edited(text: str, record: TuningRecord, file: Path) -> str:
    """Return a profile's text with the recipe and the compiler's flags in it.

    They replace the ones in the text. Raises UsageError where `optimize` or
    `compiler` is not written as a map with one key on each line.
    """
    after = text.splitlines()
    for key, value in record.compiler.items():
        after = _put(after, "compiler", key, partial(_flag, key, value))
    after = _put(after, "optimize", "recipe", partial(lines, record))
    made = "\n".join(after) + "\n" if after else ""
    _check(text, made, file, record)
    return made


def _flag(key: str, value: str, indent: str) -> list[str]:
    return [f"{indent}{key}: {value}"]


def _put(
    before: list[str], section: str, key: str, block_of: Callable[[str], list[str]]
) -> list[str]:
    """Put a key into a top-level map, in place of the one that is there.

    `block_of` gives its lines for an indentation. What is written in another way stays as it is,
    for `_check` to refuse.
    """
    found = [at for at, line in enumerate(before) if line.startswith(f"{section}:")]
    if not found:
        return [*before, f"{section}:", *block_of("  ")]
    at = found[0]
    if not _MAP.fullmatch(before[at]):
        return before
    end = at + 1
    while end < len(before) and (_depth(before[end]) or not before[end].strip()):
        end += 1
    block = before[at + 1 : end]
    depth = next((_depth(line) for line in block if _is_key(line)), 2)
    kept, inside = [], False
    for line in block:
        if line.strip() and _depth(line) <= depth:
            inside = line.strip().startswith(f"{key}:")
        if not inside:
            kept.append(line)
    return [*before[: at + 1], *block_of(depth * " "), *kept, *before[end:]]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else 0


def _is_key(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _check(before: str, after: str, file: Path, record: TuningRecord) -> None:
    """Read both, and see that nothing else changed."""
    (old, _), (new, problems) = (located_yaml.parse(t.encode(), file) for t in (before, after))
    was, now = old.plain() or {}, new.plain() or {}
    if problems or not isinstance(was, dict) or not isinstance(now, dict):
        raise _refused(file, record)
    recipe = _taken(now, "optimize", "recipe")
    _taken(was, "optimize", "recipe")
    for key, value in record.compiler.items():
        _taken(was, "compiler", key)
        wanted, _ = located_yaml.parse(f"{key}: {value}".encode(), file)
        if _taken(now, "compiler", key) != wanted.plain()[key]:
            raise _refused(file, record)
    whole = isinstance(recipe, dict) and recipe.get("options") == [*record.options]
    if was != now or not whole:
        raise _refused(file, record)


def _taken(tree: dict[str, Any], section: str, key: str) -> Any:
    """Take a key out of a map, and the map where nothing is left in it."""
    found = tree.get(section)
    if not isinstance(found, dict):
        return None
    value = found.pop(key, None)
    if not found:
        del tree[section]
    return value


def _refused(file: Path, record: TuningRecord) -> UsageError:
    flags = [f"  {key}: {value}" for key, value in record.compiler.items()]
    wanted = "\n".join([*(["compiler:", *flags] if flags else []), "optimize:", *lines(record)])
    return UsageError(
        f"{file}: the recipe cannot be written into it; write `optimize:` and `compiler:` as maps"
        f" with a key a line, or put this there by hand:\n{wanted}"
    )


def difference(before: str, after: str, name: str) -> str:
    """Show what changes, as a unified diff."""
    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
    return "\n".join(rows)


def write(file: Path, record: TuningRecord, *, name: str, write: bool) -> str:
    """Return the difference that the recipe makes in a profile's file; make it if `write`."""
    before = file.read_text(encoding="utf-8")
    after = edited(before, record, Path(name))
    if write:
        atomic.write_text(file, after)
    return difference(before, after, name)
