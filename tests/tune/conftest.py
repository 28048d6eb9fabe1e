"""A module to tune, a stand-in for wasm-opt, and a search in this process or by workers."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import assembled

from wasmtrim.profile import Profile
from wasmtrim.records import Outcome, TuningRecord
from wasmtrim.toolchain import Locator, Tool
from wasmtrim.tune import coreset, local, reduction, subject, tuning
from wasmtrim.tune.bench import Progress
from wasmtrim.tune.candidate import Task, Tools, evaluate
from wasmtrim.tune.cluster import Cluster
from wasmtrim.tune.recipe import parse
from wasmtrim.tune.scheduler import Scheduler, Stopped

OPTIONS = ("const-hoisting", "dce", "vacuum", "merge-similar-functions", "flatten", "rereloop",
           "gufa", "skip-pass", "converge", "licm", "rse", "ssa")  # fmt: skip
STAND_IN = """\
#!{python}
import json, os, shutil, signal, sys, time
rules, options = json.loads({rules!r}), {options!r}
if "--help" in sys.argv:
    print("".join(f"  --{{name}}  a pass\\n" for name in options))
    raise SystemExit
if "--version" in sys.argv:
    print("wasm-opt version 132")
    raise SystemExit
out = next(a.partition("=")[2] for a in sys.argv if a.startswith("--output="))
do = next((rules[option] for option in rules if option in sys.argv), "copy")
if do == "hang":
    time.sleep(60)
elif do == "kill":
    os.kill(os.getppid(), signal.SIGKILL)
elif do == "fail":
    raise SystemExit("Fatal: it cannot take this")
elif do == "eat":
    eaten = bytes(64 << 30)
elif do == "miscompile":  # x + 1 becomes x
    data = open("in.wasm", "rb").read()
    open(out, "wb").write(data.replace(b"\\x41\\x01\\x6a", b"\\x01\\x01\\x01"))
else:
    shutil.copyfile("in.wasm" if do == "copy" else do, out)
"""
ADD = """
(module
  (memory (export "memory") 1)
  (func (export "f") (param i32) (result i32)
    (drop (i32.mul (i32.const 1000000) (i32.const 7000000)))
    (drop (i32.mul (i32.const 1000000) (i32.const 7000000)))
    (i32.add (local.get 0) (i32.const {number}))))
"""
WHOLE = assembled(ADD.format(number=1))
SMALL = assembled(ADD.format(number=1).replace("1000000", "1"))
TRAPS = assembled(
    '(module (memory (export "memory") 1) (func (export "f") (param i32) (result i32) unreachable))'
)
PROFILE = Profile.model_validate(
    {
        "prune": False,
        "contract": {"exports": {"f": "any", "memory": "any"}},
        "smoke": {"call": {"export": "f", "args": [41], "returns": [42]}},
        "differ": {"runs": 8},
    }
)

StandIn = Callable[[Mapping[str, bytes | str]], Tool]
Tune = Callable[..., tuple[TuningRecord, bytes]]


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    """Writes a wasm-opt that copies, but for options that give another module, or a fault."""

    def write(rules: Mapping[str, bytes | str]) -> Tool:
        told = {}
        for number, (option, gives) in enumerate(rules.items()):
            told[option] = str(gives)
            if isinstance(gives, bytes):
                told[option] = str(tmp_path / f"gives-{number}.wasm")
                Path(told[option]).write_bytes(gives)
        script = STAND_IN.format(python=sys.executable, rules=json.dumps(told), options=OPTIONS)
        path = tmp_path / "wasm-opt"
        path.write_text(script)
        path.chmod(0o755)
        digest = hashlib.sha256(script.encode()).hexdigest()
        return Tool("wasm-opt", (str(path),), "132", False, "a test", digest)

    return write


@dataclass(frozen=True)
class Here:
    """Evaluates in this process: a worker takes seconds to start."""

    tools: Tools
    folder: Path

    def run(
        self, tasks: Sequence[Task], blobs: Mapping[str, bytes], stopped: Stopped
    ) -> Iterator[tuple[int, Outcome]]:
        for number, task in enumerate(tasks):
            if stopped():
                break
            yield number, evaluate(task, blobs, self.tools, self.folder)

    def close(self) -> None:
        pass


@pytest.fixture
def tune(locator: Locator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tune:
    """Tunes a module: `tune(tool, budget=8)`. `recipes` are the coreset, `jobs` workers.

    `compiled` is what Go makes of the program by any other flags.
    """

    def search(
        wasm_opt: Tool,
        module: bytes = WHOLE,
        profile: Profile = PROFILE,
        *,
        recipes: Sequence[str] = ("--gufa -Oz", "--const-hoisting -Oz"),
        budget: int = 6,
        seed: int = 1,
        jobs: int = 0,
        cluster: str = "",
        shrinking: float = 0.1,
        compiled: bytes | None = None,
        stopped: Callable[[], bool] = lambda: False,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> tuple[TuningRecord, bytes]:
        monkeypatch.setattr(reduction, "_SECONDS", shrinking)
        chosen = tuple(parse(line.split()) for line in recipes)
        monkeypatch.setattr(coreset, "load", lambda _: chosen)
        wasm_tools, own = locator.find("wasm-tools"), locator.find("wasmtrim")
        tools = Tools(wasm_opt, wasm_tools, own)
        cache = tmp_path / "cache"

        def prepared(module: bytes) -> subject.Subject:
            compiler = None if compiled is None else "go"
            work = tmp_path / "work"
            return subject.prepare(
                "test", module, profile, compiler, "raw", locator, tmp_path, work
            )

        given = prepared(module)
        scheduler: Scheduler = local.Local(tools, cache, jobs) if jobs else Here(tools, cache)
        if cluster:
            scheduler = Cluster(cluster)
        try:
            return tuning.tune(
                given,
                tuning.Wanted(budget, seed),
                tools=tools,
                scheduler=scheduler,
                cache=cache,
                into=tmp_path / "report",
                stopped=stopped,
                tell=tell,
                compile_with=(lambda _: prepared(compiled)) if compiled is not None else None,
            )
        finally:
            scheduler.close()

    return search
