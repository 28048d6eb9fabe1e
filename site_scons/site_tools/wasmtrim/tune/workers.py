"""The workers of a search: processes of this machine, or those of a cluster."""

from __future__ import annotations

import os
from pathlib import Path

from wasmtrim import errors
from wasmtrim.tune.candidate import Tools
from wasmtrim.tune.local import Local
from wasmtrim.tune.scheduler import Scheduler


def at(address: str | None, tools: Tools, folder: Path, jobs: int | None = None) -> Scheduler:
    """Return the workers of the Dask scheduler at `address`, or `jobs` processes, one per CPU.

    Temporary files of processes go below `folder`. Raises UsageError and ToolError as Cluster does.
    """
    if address is None:
        return Local(tools, folder, jobs or os.cpu_count() or 1)
    with errors.needed("cluster"):
        from wasmtrim.tune.cluster import Cluster

        return Cluster(address)
