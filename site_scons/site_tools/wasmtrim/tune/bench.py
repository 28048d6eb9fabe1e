"""What measures the candidates of a search, each once, and says how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from wasmtrim.errors import ToolError
from wasmtrim.records import Outcome
from wasmtrim.tune.cache import Cache
from wasmtrim.tune.candidate import Task, Tools
from wasmtrim.tune.recipe import Recipe
from wasmtrim.tune.scheduler import Scheduler
from wasmtrim.tune.search import AS_IT_IS, OZ, Found
from wasmtrim.tune.subject import Subject

STOPPED = "stopped before"
ANOTHER = "another program in the smoke run"


@dataclass(frozen=True)
class Progress:
    """How far a search is: sizes are by the metric, None until they are known.

    `seconds` went into `asked` of the tried candidates; the others were known. `doing` says what
    is done other than trying candidates.
    """

    tried: int
    budget: int
    best: int | None
    oz: int | None
    asked: int
    seconds: float
    doing: str = ""


@dataclass
class Bench:
    """Evaluates recipes by a scheduler, asks each only once, and tells how far it is."""

    subject: Subject
    tools: Tools
    cache: Cache
    scheduler: Scheduler
    stopped: Callable[[], bool]
    tell: Callable[[Progress], None]
    budget: int
    started: float = field(default_factory=time.monotonic)
    outcomes: dict[Recipe, Outcome] = field(default_factory=dict)
    oz: int | None = None
    asked: int = 0

    def weigh_oz(self) -> int:
        """The size of what -Oz alone leaves, without a layout. Raises ToolError where it fails."""
        self.say("measuring -Oz")
        task = self.subject.task(OZ, self.tools, laid_out=False)
        (outcome,) = self._outcomes([task], lambda *_: None)
        if outcome is None:
            raise ToolError(f"{STOPPED} -Oz was measured; start again")
        if outcome.skipped:
            raise ToolError(f"-Oz: {outcome.skipped}")
        self.oz = outcome.size
        return outcome.size

    def weigh(self, other: Subject) -> tuple[int | None, str]:
        """The size of what -Oz leaves of the program by other flags of its compiler.

        And what is wrong where it doesn't count.
        """
        tasks = [self.subject.task(AS_IT_IS, self.tools), other.task(OZ, self.tools)]
        truth, outcome = self._outcomes(tasks, lambda *_: None, other.blobs)
        if truth is None or outcome is None:
            return None, f"{STOPPED} it was measured"
        if outcome.skipped:
            return None, outcome.skipped
        return outcome.size, "" if outcome.behavior == truth.behavior else ANOTHER

    def evaluate(self, recipes: Sequence[Recipe]) -> list[Outcome | None]:
        """Return the outcomes in the order of the recipes; None for what it was stopped before."""

        def take(number: int, outcome: Outcome) -> None:
            self.outcomes[recipes[number]] = outcome
            self.tell(self._progress())

        return self._outcomes([self.subject.task(r, self.tools) for r in recipes], take)

    def say(self, doing: str) -> None:
        """Tell what is done now, other than trying candidates."""
        self.tell(replace(self._progress(), doing=doing))

    def forget(self, recipe: Recipe) -> None:
        """Have a recipe measured again by the next search."""
        self.cache.forget(self.subject.task(recipe, self.tools))

    def _outcomes(
        self,
        tasks: Sequence[Task],
        take: Callable[[int, Outcome], None],
        more: Mapping[str, bytes] = MappingProxyType({}),
    ) -> list[Outcome | None]:
        found = [self.cache.find(task) for task in tasks]
        for number, outcome in enumerate(found):
            if outcome is not None:
                take(number, outcome)
        missing = [number for number, outcome in enumerate(found) if outcome is None]
        asked = [tasks[number] for number in missing]
        blobs = {**self.subject.blobs, **more}
        for number, outcome in self.scheduler.run(asked, blobs, self.stopped):
            self.cache.keep(asked[number], outcome)
            found[missing[number]] = outcome
            self.asked += 1
            take(missing[number], outcome)
        return found

    def _progress(self) -> Progress:
        found = Found(self.outcomes)
        size = min((o.size for r, o in self.outcomes.items() if found.counts(r)), default=None)
        seconds = time.monotonic() - self.started
        return Progress(len(self.outcomes), self.budget, size, self.oz, self.asked, seconds)
