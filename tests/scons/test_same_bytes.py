"""The same bytes wherever, whenever and by whomever a release is made."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.scons.project import GO, GO_PROFILE, SCONSTRUCT, Project

from wasmtrim.reproduction import differences

ROOT = Path(__file__).parents[2]


def keep_to_oneself() -> None:
    os.umask(0o077)


def test_another_folder_user_locale_umask_and_job_count_give_the_same(tmp_path: Path) -> None:
    here = Project(tmp_path / "a")
    there = Project(tmp_path / "another folder with a much longer name" / "b")
    for project in (here, there):
        project.write({"SConstruct": SCONSTRUCT, **GO})
        project.profile("guest", GO_PROFILE)
    here.scons("-j1")
    stranger = {
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "Asia/Tokyo",
    }
    there.scons("-j2", env=stranger, limits=keep_to_oneself)
    assert list(differences(here.root / "dist", there.root / "dist")) == []


@pytest.mark.long
def test_two_copies_of_this_project_release_the_same(tmp_path: Path) -> None:
    made = []
    for name in ("a", "another folder with a much longer name"):
        project = Project(tmp_path / name)
        for folder in ("config", "guest", "site_scons"):
            shutil.copytree(ROOT / folder, project.root / folder)
        shutil.copy(ROOT / "SConstruct", project.root)
        project.scons("release")
        made.append(project.root / "dist")
    assert list(differences(*made)) == []
