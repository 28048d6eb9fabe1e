"""The compiler's flags: those that make the same program smaller are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.tune.conftest import PROFILE, SMALL, TRAPS, WHOLE, StandIn, Tune

from wasmtrim.errors import ToolError
from wasmtrim.profile import Compiler, Profile
from wasmtrim.tune import flags
from wasmtrim.tune.flags import Flag
from wasmtrim.tune.subject import Subject

GIVEN = Subject("it", b"", b"", (), Profile(prune=False), "go", "raw", Path())


def of(settings: Compiler) -> Subject:
    return replace(GIVEN, profile=GIVEN.profile.model_copy(update={"compiler": settings}))


def weigh(subject: Subject) -> tuple[int | None, str]:
    """An experiment helps, no inlining helps nothing."""
    settings = subject.profile.compiler
    return 100 - 10 * len(settings.experiment) + (not settings.inline), ""


def test_each_flag_is_tried_on_top_of_those_that_helped() -> None:
    chosen = flags.choose(GIVEN, of, weigh, lambda: False)
    assert chosen.changed(GIVEN.profile.compiler) == {"experiment": "[nogreenteagc]"}
    told = [(row.flag, row.size, row.kept) for row in chosen.rows]
    assert told == [("experiment: nogreenteagc", 90, True), ("inline: false", 91, False)]
    assert chosen.assumed == ()


def test_a_flag_that_assumes_something_is_tried_where_the_profile_allows_it() -> None:
    profile = Profile.model_validate({"prune": False, "tune": {"assume": ["no-bounds"]}})
    given = replace(GIVEN, profile=profile)

    def smaller(subject: Subject) -> tuple[int | None, str]:
        return 100 - (not subject.profile.compiler.bounds), ""

    chosen = flags.choose(given, of, smaller, lambda: False)
    assert chosen.changed(profile.compiler) == {"bounds": "false"}
    assert chosen.assumed == ("no-bounds",)


def test_a_flag_that_the_compiler_refuses_is_a_skipped_one() -> None:
    def refused(settings: Compiler) -> Subject:
        if settings.experiment:
            raise ToolError("compile: go 1.21: exit status 2\n  unknown GOEXPERIMENT nogreenteagc")
        return of(settings)

    rows = flags.choose(GIVEN, refused, weigh, lambda: False).rows
    assert (rows[0].size, rows[0].kept) == (None, False)
    assert rows[0].why == "compile: go 1.21: exit status 2"


@pytest.mark.parametrize("given", ["nogreenteagc", "greenteagc"])
def test_a_profile_s_own_choice_stays(given: str) -> None:
    settings = Compiler(experiment=(given,))
    assert Flag("experiment", "nogreenteagc").on_top_of(settings) is None


@pytest.mark.parametrize(("module", "kept"), [(SMALL, True), (TRAPS, False)])
def test_another_compilation_wins_if_it_does_what_the_compiled_module_does(
    stand_in: StandIn, tune: Tune, module: bytes, kept: bool
) -> None:
    record, found = tune(stand_in({}), compiled=module, budget=2, recipes=())
    assert record.compiler == ({"experiment": "[nogreenteagc]"} if kept else {})
    assert record.flags[0].kept == kept
    assert (len(found) < len(WHOLE)) == kept
    assert record.built_by == "go"


def test_what_differs_on_generated_inputs_alone_is_not_kept(
    stand_in: StandIn, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wasmtrim.tune.verdict.Judge.differs", lambda *_: "it differs")
    record, _ = tune(stand_in({}), compiled=SMALL, budget=2, recipes=())
    assert record.compiler == {}
    assert record.flags[0].why == "it differs"


def test_without_a_smoke_run_nothing_tells_whether_a_flag_changes_the_program(
    stand_in: StandIn, tune: Tune
) -> None:
    bare = PROFILE.model_copy(update={"smoke": ()})
    record, _ = tune(stand_in({}), profile=bare, compiled=SMALL, budget=2, recipes=())
    assert record.flags == ()
