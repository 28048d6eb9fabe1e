"""The README's picture is what the module makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.guest.animations import Animation
from tests.guest.programs import GUEST, Build, indexed


@pytest.mark.generated
def test_the_example_is_current(
    build: Callable[..., Build],
    animations: tuple[Animation, ...],
    request: pytest.FixtureRequest,
) -> None:
    (spinner,) = (animation for animation in animations if animation.name.startswith("spinner"))
    made = build("gif").run(indexed(spinner, 2)).output
    file = GUEST / "example.gif"
    if request.config.getoption("--bless"):
        file.write_bytes(made)
    assert file.read_bytes() == made
