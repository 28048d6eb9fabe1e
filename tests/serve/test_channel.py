"""What goes between the front and a worker: bodies by shared memory, answers by a socket."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest

from wasmtrim.serve.channel import Answer, Channel
from wasmtrim.serve.exchange import ANSWER
from wasmtrim.serve.shared import Shared


def test_a_body_is_seen_by_both_sides_whatever_came_before() -> None:
    front = Shared()
    worker = Shared(os.dup(front.descriptor))
    try:
        for body in (b"", b"abc", os.urandom(300_000), b"x", bytearray(70_000), b""):
            front.put(body)
            assert bytes(worker.view(len(body))) == body
        kept = worker.view(1)
        front.put(bytes(2_000_000))
        assert bytes(worker.view(2_000_000)) == bytes(2_000_000)
        assert bytes(kept) == b"\0", "what was given before can still be read"
    finally:
        front.close()
        worker.close()


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no memfd_create")
def test_shared_memory_is_in_no_file_and_no_side_makes_it_smaller() -> None:
    front = Shared()
    try:
        front.put(b"abc")
        assert Path(f"/proc/self/fd/{front.descriptor}").readlink().name.startswith("memfd:")
        with pytest.raises(PermissionError):
            os.ftruncate(front.descriptor, 0)
    finally:
        front.close()


def _sent(told: dict[str, str], output: bytes) -> bytes:
    text = json.dumps(told).encode()
    return ANSWER.pack(len(text), len(output)) + text + output


async def _asked(parts: list[bytes]) -> list[Answer | None]:
    """Ask a worker that sends these parts, and then goes away; gives all that it answered."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    channel = await Channel.over(ours)
    answers: list[Answer | None] = []
    with theirs:
        channel.ask(b"question", then=answers.append)
        assert theirs.recv(100) == b"question"
        for part in parts:
            theirs.settimeout(5)
            await asyncio.to_thread(theirs.sendall, part)
            await asyncio.sleep(0.01)
    while not channel.lost:
        await asyncio.sleep(0.01)
    channel.ask(b"again", then=answers.append)
    channel.close()
    return answers


@pytest.mark.parametrize("size", [0, 10, 70_000, 3_000_000])
def test_an_answer_comes_whole_in_whatever_parts(size: int) -> None:
    output = os.urandom(size)
    sent = _sent({"kind": "exit"}, output)
    parts = [sent[:3], sent[3:20], sent[20:100], sent[100:]]
    assert asyncio.run(_asked(parts)) == [({"kind": "exit"}, output), None]


def test_who_waits_for_an_answer_is_told_that_the_worker_is_gone() -> None:
    assert asyncio.run(_asked([_sent({}, b"abc")[:-1]])) == [None, None]
