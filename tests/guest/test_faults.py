"""Every kind of bad input ends the program with its own status and a line, as the README says."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

import pytest
from tests.guest.programs import GUEST, Build, message

SIZE: dict[str, object] = {"width": 2, "height": 2, "frames": 2}
FRAMES = b"\x09\x08\x07\xff" * 8
INDEXED: dict[str, object] = {**SIZE, "pixels": "indexed", "colours": 3}
CROWD = b"".join(struct.pack("<HBB", colour, 0, 255) for colour in range(257))

CASES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 10),
    "half a header": (message(SIZE, b"")[:9], 10),
    "header of no bytes": (struct.pack("<I", 0), 11),
    "header of many bytes": (struct.pack("<I", 65537), 11),
    "not JSON": (struct.pack("<I", 2) + b"{,", 12),
    "not an object": (struct.pack("<I", 2) + b"[]", 12),
    "no width": (message({"height": 2, "frames": 2}, FRAMES), 13),
    "zero height": (message({**SIZE, "height": 0}, FRAMES), 13),
    "wide": (message({**SIZE, "width": 65536}, FRAMES), 14),
    "large": (message({**SIZE, "width": 65535, "height": 65535}, FRAMES), 14),
    "slow": (message({**SIZE, "delay": 655351}, FRAMES), 15),
    "short payload": (message(SIZE, FRAMES[:-1]), 16),
    "trailing bytes": (message(SIZE, FRAMES + b"x"), 17),
    "257 colours": (message({"width": 257, "height": 1, "frames": 1}, CROWD), 18),
    "effort": (message({**SIZE, "effort": 7}, FRAMES), 19),
    "index": (message(INDEXED, bytes(768) + b"\3" * 8), 21),
    "memory": (message({**SIZE, "memory": 5}, FRAMES), 24),
    "dither": (message({**SIZE, "dither": True}, FRAMES), 25),
}


@pytest.mark.parametrize("name", CASES)
def test_status_and_line(name: str, build: Callable[..., Build]) -> None:
    stdin, status = CASES[name]
    run = build("gif").run(stdin)
    assert run.status == status
    assert re.fullmatch(r"gif: [^\n]{20,}\n", run.message)


def test_a_good_input_is_silent(build: Callable[..., Build]) -> None:
    run = build("gif").run(message(SIZE, FRAMES))
    assert (run.status, run.message) == (0, "")


def test_the_readme_lists_every_status() -> None:
    source = (GUEST / "fault" / "fault.go").read_text()
    declared = re.findall(r"^\t\w+ +Fault = (\d+)$", source, re.MULTILINE)
    table = re.findall(r"^\| (\d+) \|", (GUEST / "README.md").read_text(), re.MULTILINE)
    assert declared == ["0", *table]
