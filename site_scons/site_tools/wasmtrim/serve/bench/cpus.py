"""Client and server on CPUs of their own, where there are two; and what a server takes of them."""

from __future__ import annotations

import os
from pathlib import Path


def split() -> tuple[frozenset[int], frozenset[int]]:
    """CPUs for the servers, and one for the load; the same where there is only one."""
    if not hasattr(os, "sched_getaffinity"):
        return frozenset(), frozenset()
    all_of_them = sorted(os.sched_getaffinity(0))
    load = frozenset(all_of_them[-1:])
    return frozenset(all_of_them[:-1]) or load, load


def pin(cpus: frozenset[int]) -> None:
    """Keep this process, and those that it starts, on these CPUs."""
    if cpus:
        os.sched_setaffinity(0, cpus)


def seconds(pid: int) -> float | None:
    """The CPU time that a process and those below it have had; None where nobody tells.

    Of children that ended it has what their parent waited for (proc(5), "stat").
    """
    folder = Path("/proc", str(pid))
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        below = [int(each) for file in folder.glob("task/*/children") for each in _words(file)]
    except OSError:
        return None
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # utime, stime, cutime, cstime
    return own + sum(seconds(each) or 0.0 for each in below)


def _words(file: Path) -> list[str]:
    return file.read_text().split()
