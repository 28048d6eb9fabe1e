"""Which step of a recipe changes the program, and the smallest module that shows it."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from wasmtrim import atomic, process
from wasmtrim.errors import ToolError
from wasmtrim.stages.execution import PLAIN_ENVIRONMENT, workspace
from wasmtrim.tune import changes
from wasmtrim.tune.candidate import Task, Tools, made
from wasmtrim.tune.changes import Job
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.subject import Subject

_SECONDS = 120.0
_ATTEMPTS = 100  # in a row that make it no smaller: then it is as small as it gets
_JOB, _SCRIPT, _GIVEN, _OUT = "job.json", "changes", "in.wasm", "out.wasm"


@dataclass(frozen=True)
class Reduced:
    """`module` shows the fault with the options of `recipe`: one step, or all up to it."""

    module: bytes
    recipe: Recipe


def guilty(recipe: Recipe, differs: Callable[[Recipe], object]) -> Recipe:
    """A beginning of a recipe that is not the same program, while without its last step it is.

    Found by halving: the recipe differs, and without any step it does not.
    """
    same, other = 0, len(recipe.steps)
    while other - same > 1:
        middle = (same + other) // 2
        if differs(Recipe(recipe.steps[:middle], recipe.switches)):
            other = middle
        else:
            same = middle
    return Recipe(recipe.steps[:other], recipe.switches)


def reduced(subject: Subject, recipe: Recipe, tools: Tools, folder: Path) -> Reduced | None:
    """Shrink the module by `wasm-tools shrink` while the last step of a recipe changes it.

    What comes before that step is applied first; only where the step alone then changes nothing
    does the whole recipe run each time. None where neither changes what the program does, or
    there is no smoke run that tells. Bounded in time. Temporary files go below `folder`.
    """
    if not subject.profile.smoke:
        return None
    last = Recipe(recipe.steps[-1:], recipe.switches)
    earlier = Recipe(recipe.steps[:-1], recipe.switches)
    try:
        with workspace(folder) as work:
            applied = made(_task(subject, earlier, tools), subject.module, tools, work)
    except ToolError:
        return _shrunk(subject, recipe, subject.module, tools, folder)
    return _shrunk(subject, last, applied, tools, folder) or _shrunk(
        subject, recipe, subject.module, tools, folder
    )


def _task(subject: Subject, recipe: Recipe, tools: Tools) -> Task:
    return replace(subject.task(recipe, tools, laid_out=False), smoke=None)


def _shrunk(
    subject: Subject, recipe: Recipe, module: bytes, tools: Tools, folder: Path
) -> Reduced | None:
    with workspace(folder) as work:
        task = _task(subject, recipe, tools)
        job = Job(task, subject.profile, subject.compiler, subject.root, tools)
        job.write(work / _JOB)
        (work / _GIVEN).write_bytes(module)
        if changes.main((str(work / _JOB), str(work / _GIVEN))):
            return None
        _script(work, tools)
        argv = [*tools.wasm_tools.argv, "shrink", f"--attempts={_ATTEMPTS}", f"--output={_OUT}"]
        with contextlib.suppress(process.NoEnd):  # what it came to is there
            process.run(
                [*argv, str(work / _SCRIPT), _GIVEN],
                cwd=work,
                env={**PLAIN_ENVIRONMENT, "TMPDIR": str(work), **tools.wasm_tools.env},
                timeout=_SECONDS,
            )
        return Reduced((work / changes.REDUCED).read_bytes(), recipe)


def _script(work: Path, tools: Tools) -> None:
    """Write what `shrink` runs for each module: it gives only the module's path."""
    own = tools.own
    python = own.argv[: own.argv.index("-m")]
    line = [*python, "-m", changes.__name__, str(work / _JOB)]
    env = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in own.env.items())
    path = work / _SCRIPT
    atomic.write_text(path, f'#!/bin/sh\n{env}exec {shlex.join(line)} "$1"\n')
    path.chmod(0o755)
