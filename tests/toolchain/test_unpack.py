"""Unpacking archives that strangers made: one member of a kind each, and what must come of it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.unpack import UnpackLimits, unpack

Member = tuple[tarfile.TarInfo, bytes]
Pack = Callable[..., Path]


def file(name: str, content: bytes = b"x", mode: int = 0o644) -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    return info, content


def special(name: str, kind: bytes, target: str = "") -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def folder(name: str) -> Member:
    return special(name, tarfile.DIRTYPE)


def link(name: str, target: str) -> Member:
    return special(name, tarfile.SYMTYPE, target)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    def write(*members: Member) -> Path:
        path = tmp_path / "a.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for info, content in members:
                archive.addfile(info, io.BytesIO(content))
        return path

    return write


def test_files_folders_and_links_within_are_unpacked(pack: Pack, tmp_path: Path) -> None:
    packed = pack(
        folder("t"),
        folder("t/bin"),
        file("t/bin/tool", b"#!", 0o755),
        file("t/lib/deep/data", b"data", 0o600),
        link("t/bin/other", "tool"),
        link("t/lib/up", "../bin/tool"),
        special("t/lib/same", tarfile.LNKTYPE, "t/bin/tool"),
        folder("t/bin"),
    )
    out = tmp_path / "out"
    unpack(packed, out)
    assert (out / "t/bin/tool").stat().st_mode & 0o777 == 0o755
    assert (out / "t/lib/deep/data").stat().st_mode & 0o777 == 0o644
    assert (out / "t/bin/other").read_bytes() == b"#!"
    assert (out / "t/lib/up").resolve() == (out / "t/bin/tool").resolve()
    assert (out / "t/lib/same").samefile(out / "t/bin/tool")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([file("../evil")], "'../evil' leaves the folder"),
        ([file("t/../../evil")], "'t/../../evil' leaves the folder"),
        ([file("/evil")], "'/evil' has an absolute path"),
        ([link("t/l", "/etc")], "a link that leaves the folder: '/etc'"),
        ([link("t/l", "../../etc")], "a link that leaves the folder"),
        ([link("l", "..")], "a link that leaves the folder"),
        ([link("here", "."), link("l", "here/../..")], "a link that leaves the folder"),
        ([link("t", "."), file("t/evil")], "lies in 't', which is not a folder"),
        ([file("t"), file("t/evil")], "lies in 't', which is not a folder"),
        ([special("l", tarfile.LNKTYPE, "/etc/passwd")], "a link to no file before it"),
        ([special("l", tarfile.LNKTYPE, "../x")], "a link to no file before it"),
        (
            [link("s", "x"), special("l", tarfile.LNKTYPE, "s")],
            "a link to no file before it",
        ),
        ([special("null", tarfile.CHRTYPE)], "is neither file, folder nor link"),
        ([special("disk", tarfile.BLKTYPE)], "is neither file, folder nor link"),
        ([special("pipe", tarfile.FIFOTYPE)], "is neither file, folder nor link"),
        ([file("a"), file("a")], "'a' comes twice"),
        ([file("a"), file("./a")], "comes twice"),
        ([folder("a"), link("a", "b")], "comes twice"),
        ([file("a", mode=0o4755)], "has the mode 4755"),
    ],
)
def test_what_could_harm_is_refused(
    pack: Pack, tmp_path: Path, members: list[Member], words: str
) -> None:
    before = {path for path in tmp_path.parent.rglob("*") if tmp_path not in path.parents}
    with pytest.raises(ToolError) as caught:
        unpack(pack(*members), tmp_path / "out")
    assert words in str(caught.value)
    assert "a.tar.gz: member " in str(caught.value)
    after = {path for path in tmp_path.parent.rglob("*") if tmp_path not in path.parents}
    assert after == before, "nothing lands outside"


def test_a_bomb_is_refused_before_it_is_on_the_disk(pack: Pack, tmp_path: Path) -> None:
    packed = pack(file("zeros", bytes(10_000_000)))
    assert packed.stat().st_size < 20_000
    with pytest.raises(ToolError, match="'zeros' is too much: at most 1000000 bytes"):
        unpack(packed, tmp_path / "out", UnpackLimits(bytes=1_000_000))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_million_small_files_are_refused(pack: Pack, tmp_path: Path) -> None:
    packed = pack(*(file(str(number), b"") for number in range(20)))
    with pytest.raises(ToolError, match=r"is too much: .* in 10 members"):
        unpack(packed, tmp_path / "out", UnpackLimits(members=10))


@pytest.mark.parametrize("keep", [0, 1, 10, 100])
def test_a_truncated_archive_is_told(pack: Pack, tmp_path: Path, keep: int) -> None:
    packed = pack(file("a", b"a" * 1000), file("b", bytes(range(256)) * 100))
    packed.write_bytes(packed.read_bytes()[:keep])
    with pytest.raises(ToolError, match=r"a\.tar\.gz is not a complete \.tar\.gz: "):
        unpack(packed, tmp_path / "out")


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    page = tmp_path / "a.tar.gz"
    page.write_text("<html>Please log in</html>")
    with pytest.raises(ToolError, match=r"is not a complete \.tar\.gz"):
        unpack(page, tmp_path / "out")
