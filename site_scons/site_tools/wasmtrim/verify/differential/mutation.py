"""Other inputs made of one: bytes, JSON values, and animations of the frame protocol."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from wasmtrim import strict_json
from wasmtrim.engine.interfaces import frame_stream

MOST_BYTES = 1 << 18  # of an input that is made
_EDGES = (b"", b"\0", b"\n", b"\xff" * 4, b"0", b" " * 255, b"a" * 256, b"{}", b"[]", b"\0" * 4096)
_NUMBERS = (0, 1, -1, 2, 7, 127, 128, 255, 256, 65_535, 65_536, (1 << 31) - 1, 1 << 31, 1.5, -0.0)
_WORDS = ("", "a", "0", "null", "\u00e9\u20ac", "a" * 300, '\\"\n', "-1")
_SIDES = (1, 2, 3, 7, 8, 16, 17, 33, 64)


def mutated(data: bytes, random: Random) -> bytes:
    """An input that is like `data` in its form: mostly one that the module goes on with."""
    if animation := _animation(data):
        return _frames(*animation, random) if random.random() < 0.8 else _bytes(data, random)
    try:
        value = strict_json.loads(data)
    except (ValueError, RecursionError):
        return _bytes(data, random)
    if random.random() < 0.2:
        return _bytes(data, random)
    return json.dumps(_value(copy.deepcopy(value), random)).encode()


def edge(data: bytes, number: int) -> bytes | None:
    """An input of an unusual size or content; None where there are no more of them."""
    known = (*_EDGES, data[:1], data[: len(data) // 2], data[:-1], data + b"\0", data + data)
    return known[number][:MOST_BYTES] if number < len(known) else None


def _bytes(data: bytes, random: Random) -> bytes:
    changed = bytearray(data[:MOST_BYTES])
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        at = random.randrange(len(changed) + 1)
        length = random.choice((1, 1, 2, 4, 16))
        match random.randrange(6):
            case 0 if changed:
                changed[at % len(changed)] ^= 1 << random.randrange(8)
            case 1 if changed:
                changed[at % len(changed)] = random.choice((0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x30))
            case 2:
                changed[at:at] = random.randbytes(length)
            case 3:
                del changed[at : at + length]
            case 4:
                changed[at : at + length] = random.randbytes(length)
            case _:
                changed[at:at] = changed[:length]
    return bytes(changed)


def _value(value: Any, random: Random) -> Any:
    """A JSON value with another one, or none, somewhere in it."""
    if value and isinstance(value, dict | list) and random.random() < 0.85:
        key = random.choice([*value]) if isinstance(value, dict) else random.randrange(len(value))
        if random.random() < 0.15:
            del value[key]
        else:
            value[key] = _value(value[key], random)
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and random.random() < 0.7:
        return random.choice((value + 1, value - 1, value * 2, *_NUMBERS))
    if isinstance(value, str) and random.random() < 0.7:
        return random.choice((value[:-1], value + "x", value * 2, value[::-1], *_WORDS))
    if isinstance(value, list) and random.random() < 0.7:
        return value * 2
    return random.choice((None, True, False, 0, "", [], {}, *_NUMBERS, *_WORDS))


def _animation(data: bytes) -> tuple[dict[str, Any], bytes] | None:
    """The header and the pixels of an input of the frame protocol; None where it is none."""
    try:
        frame_stream.read(data)
    except (ValueError, RecursionError):
        return None
    start = frame_stream.HEADER_SIZE_BYTES + int.from_bytes(data[:4], "little")
    return strict_json.loads(data[4:start]), data[start:]


def _frames(header: dict[str, Any], pixels: bytes, random: Random) -> bytes:
    """Frames of another size, number, colours and options; the pixels fit the header."""
    header = dict(header)
    if random.random() < 0.6:
        header["width"], header["height"] = random.choice(_SIDES), random.choice(_SIDES)
        header["frames"] = random.choice((1, 2, 3, 5))
    if random.random() < 0.4:
        header["delay"] = random.choice((5, 10, 20, 95, 100, 1000, 655_350))
    if random.random() < 0.5:
        options = {"effort": (0, 1, 2), "memory": (0, 1, 100_000), "clock": (True, False)}
        key = random.choice([*options])
        header[key] = random.choice(options[key])
    if random.random() < 0.15:
        others = ("effort", "delay", "clock", "memory", "pixels", "more")
        header[random.choice(others)] = random.choice((-1, 3, 1.5, "x", None, [], {"a": [1]}, 1e9))
    size = header["width"] * header["height"]
    made = [_frame(size, pixels, random) for _ in range(header["frames"])]
    for number in range(1, len(made)):
        if random.random() < 0.4:  # what changes from one to the next is what is written
            made[number] = _touched(made[number - 1], random)
    text = json.dumps(header).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(made)


def _frame(size: int, pixels: bytes, random: Random) -> bytes:
    count = random.choice((1, 2, 3, 4, 16, 17, 100, 255))
    colours = [random.randbytes(3) + random.choice((b"\xff", b"\xff", b"\0")) for _ in range(count)]
    match random.randrange(5):
        case 0:
            return colours[0] * size
        case 1:
            return b"".join(random.choices(colours, k=size))
        case 2:
            return b"".join(colours[at * count // size] for at in range(size))
        case 3:
            return b"".join(colours[at // 3 % count] for at in range(size))
        case _:
            repeated = pixels * (4 * size // max(len(pixels), 1) + 1)
            return (repeated or b"\0\0\0\xff" * size)[: 4 * size]


def _touched(frame: bytes, random: Random) -> bytes:
    changed = bytearray(frame)
    for _ in range(random.choice((0, 1, 5))):
        at = 4 * random.randrange(len(frame) // 4)
        changed[at : at + 4] = random.randbytes(3) + b"\xff"
    return bytes(changed)
