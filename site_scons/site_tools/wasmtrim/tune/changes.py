"""Whether a recipe changes what a module does: `python -m wasmtrim.tune.changes JOB MODULE`.

Exit status 0 says that it does, 1 that it does not, or that nothing tells. `wasm-tools shrink`
asks so for each smaller module. The smallest that tells is kept beside JOB as `reduced.wasm`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from wasmtrim import atomic, verify
from wasmtrim.errors import WasmtrimError
from wasmtrim.profile import Profile
from wasmtrim.toolchain.locate import Tool
from wasmtrim.tune.candidate import TASK, Task, Tools, made
from wasmtrim.verify import Run

REDUCED = "reduced.wasm"
# Runs that end so say nothing: where they end is not the program's own doing.
_BY_LIMITS = ("fuel", "time", "blocked", "compile", "instance", "crash", "stack", "memory")


@dataclass(frozen=True)
class Job:
    """The recipe is the task's. `root` is where paths in the profile start from."""

    task: Task
    profile: Profile
    compiler: str | None
    root: Path
    tools: Tools

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        told = {
            "task": TASK.text(self.task),
            "profile": self.profile.model_dump(mode="json", by_alias=True),
            "compiler": self.compiler,
            "root": str(self.root.resolve()),
            "tools": asdict(self.tools),
        }
        atomic.write_text(path, json.dumps(told))

    @classmethod
    def read(cls, path: Path) -> Job:
        """Read what `write` wrote."""
        told = json.loads(path.read_text(encoding="utf-8"))
        tools = {
            name: Tool(**(tool | {"argv": tuple(tool["argv"])}))
            for name, tool in told["tools"].items()
        }
        return cls(
            TASK.parse(told["task"].encode(), str(path)),
            Profile.model_validate(told["profile"]),
            told["compiler"],
            Path(told["root"]),
            Tools(**tools),
        )


def changed(job: Job, module: bytes, work: Path) -> str:
    """Say what the recipe changes of what a module does; "" where it is nothing.

    Files go to `work`. Raises ToolError where the recipe cannot be applied.
    """
    sides = {"before": module, "after": made(job.task, module, job.tools, work)}
    paths, runs = [], []
    for name, data in sides.items():
        into, path = work / name, work / f"{name}.wasm"
        path.write_bytes(data)
        verify.run_smoke(path, job.profile, job.compiler, job.root, into)
        paths.append(path)
        runs.append((name, into))
        kinds = [Run.read(into / case.folder).kind for case in job.profile.smoke]
        if any(kind in _BY_LIMITS for kind in kinds):
            return ""
    checks = [verify.check_stages(runs, job.profile.smoke)]
    if checks[0].ok:
        into = work / "differences"
        checks = verify.check_inputs(job.profile, job.compiler, paths, runs[-1][1], job.root, into)
    return "; ".join(check.detail for check in checks if not check.ok)


def main(arguments: Sequence[str]) -> int:
    """Judge MODULE by JOB; gives the exit status."""
    job, path = Path(arguments[0]), Path(arguments[1])
    module, smallest = path.read_bytes(), job.with_name(REDUCED)
    try:
        with tempfile.TemporaryDirectory(dir=job.parent) as work:
            if not changed(Job.read(job), module, Path(work)):
                return 1
    except WasmtrimError:
        return 1
    if not smallest.exists() or len(module) < smallest.stat().st_size:
        atomic.write_bytes(smallest, module)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
