"""Whether a candidate is the same program: made twice, and verified as a release is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wasmtrim import process, sizes, verify
from wasmtrim.errors import CheckError, ToolError
from wasmtrim.records import Outcome
from wasmtrim.sizes import Compressed, sha256
from wasmtrim.stages.layout import metric as metrics
from wasmtrim.tune.candidate import Tools, made
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.subject import Subject
from wasmtrim.verify import StageRun, Verification

_PROOF = ("valid with its features, imports and exports kept", "wasm-opt gave the same twice")
_NOT_RUN = "not run: there is no profile with a smoke run"
_TUNED = "tuned"
_OTHER_SIZE = "it has another size than was measured before"
_OTHER_BYTES = "wasm-opt gave other bytes when it ran again"


@dataclass(frozen=True)
class Verdict:
    """`module` is the candidate's, made again; `fault` says why it is not the same program.

    `as_told`: the module is the one that was measured before. If not, wasm-opt gives different
    results for the same input, or the measurement was wrong. `proof`: how it was shown to be the
    same program, a line each. `inputs`: the number of inputs on which it did the same.
    """

    module: bytes
    fault: str = ""
    proof: tuple[str, ...] = ()
    inputs: int = 0
    as_told: bool = True


class Judge:
    """Judges candidates of one subject. Its files lie in `folder`, with their differences."""

    def __init__(self, subject: Subject, tools: Tools, folder: Path) -> None:
        self._subject = subject
        self._tools = tools
        self._folder = folder
        self._expected: set[str] | None = None

    def judge(self, recipe: Recipe, outcome: Outcome) -> Verdict:
        """Judge a candidate by what it gave before. Raises ToolError if a program fails."""
        module = self._made(recipe)
        if sha256(module) != outcome.sha256:
            return Verdict(module, _OTHER_BYTES, as_told=False)
        if metrics.size(module, self._subject.metric) != outcome.size:
            return Verdict(module, _OTHER_SIZE, as_told=False)
        return self._held(module)

    def differs(self, recipe: Recipe) -> str:
        """Say how what a recipe makes of the module is not the same program; "" where it is.

        It is made once: whether wasm-opt gives the same twice is `judge`'s to ask.
        """
        try:
            return self._held(self._made(recipe)).fault
        except process.Interrupted:
            raise  # it tells nothing of the recipe
        except ToolError as error:
            return str(error).splitlines()[0]

    def _made(self, recipe: Recipe) -> bytes:
        task = self._subject.task(recipe, self._tools)
        return made(task, self._subject.module, self._tools, self._folder)

    def _held(self, module: bytes) -> Verdict:
        """Hold a candidate against the compiled module, in all cases and generated inputs."""
        if not self._subject.profile.smoke:
            return Verdict(module, "", (*_PROOF, _NOT_RUN))
        known, verified = self._known(), self._verified(module)
        faults = [c for c in verified.checks if not c.ok and c.name not in known]
        if faults:
            return Verdict(module, "; ".join(f"{check.name}: {check.detail}" for check in faults))
        same = [f"{c.name}: {c.detail}" for c in verified.checks if c.judged and "same" in c.name]
        inputs = sum(check.inputs for check in verified.checks)
        return Verdict(module, "", (*_PROOF, *same), inputs)

    def _known(self) -> set[str]:
        """The checks that fail by the module itself: none of them tells against a candidate."""
        if self._expected is None:
            failing = [check for check in self._verified().checks if not check.ok]
            titles = {case.titled("run") for case in self._subject.profile.smoke}
            if ran := next((check for check in failing if check.name in titles), None):
                raise CheckError(
                    f"{self._subject.name}: the module itself fails, so nothing tells whether"
                    f" another is the same: {ran.name}: {ran.detail}"
                )
            self._expected = {check.name for check in failing}
        return self._expected

    def _verified(self, candidate: bytes | None = None) -> Verification:
        """Verify the compiled module, and that a candidate does the same."""
        given = [("compiled", self._subject.compiled)]
        if candidate is not None:
            given.append((_TUNED, candidate))
        profile, compiler, root = (
            self._subject.profile,
            self._subject.compiler,
            self._subject.root,
        )
        stages = []
        for name, module in given:
            folder = self._folder / name
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{name}.wasm"
            if name == _TUNED or not path.exists():  # the compiled module does the same each time
                path.write_bytes(module)
                verify.run_smoke(path, profile, compiler, root, folder)
            stages.append(StageRun(name, path, folder))
        weighed = sizes.measure(given[-1][1], Compressed(b"", b""))
        return verify.verify(
            profile,
            compiler,
            stages,
            weighed,
            wasm_tools=self._tools.wasm_tools,
            root=root,
            into=self._folder / "differences",
        )
