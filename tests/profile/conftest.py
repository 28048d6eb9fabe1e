"""A project in a temporary folder, to write profiles into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from wasmtrim.errors import ConfigError
from wasmtrim.profile import Profile, load


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a profile of that name and text."""

    def write_profile(name: str, text: str) -> Path:
        file = tmp_path / "config" / "profiles" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
        return file

    return write_profile


@pytest.fixture
def loads(tmp_path: Path, write: Callable[[str, str], Path]) -> Callable[[str], Profile]:
    """The profile that a text gives."""

    def loaded(text: str) -> Profile:
        write("it", text)
        return load("it", tmp_path).profile

    return loaded


@pytest.fixture
def refuses(tmp_path: Path, write: Callable[[str, str], Path]) -> Callable[[str], list[str]]:
    """The lines that a text is refused with, without the file's name."""

    def lines(text: str) -> list[str]:
        write("it", text)
        with pytest.raises(ConfigError) as caught:
            load("it", tmp_path)
        return [
            line.removeprefix("config/profiles/it.yaml:") for line in str(caught.value).splitlines()
        ]

    return lines
