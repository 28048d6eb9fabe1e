"""Models: those of a folder by their names, and which bytes are one that may be run.

A model is hostile. It may name files of the host as its weights (ONNX, "External Data"), or
operators of a runtime that are not of the specification, some of which read files as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from wasmtrim import reading
from wasmtrim.errors import UsageError
from wasmtrim.nn.abi import Errno, Refused

SUFFIX: Final = ".onnx"
MOST_PARTS: Final = 1_000_000  # messages of protobuf; each takes some 100 bytes and 1 µs
# The operators of the ONNX specification. A model's own functions are made of them.
STANDARD: Final = ("", "ai.onnx", "ai.onnx.ml")
_RESERVED: Final = re.compile(r"com\.ms|com\.microsoft|ai\.onnx")
MOST_NAME: Final = 100  # bytes
_NAME: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MOST_NAME - 1}}}", re.ASCII)
_ORT: Final = b"ORTM"  # onnxruntime's own format, at byte 4: a FlatBuffer that skips every check


def find(folder: str, name: str) -> Path:
    """Return the file of the model of that name. Raises Refused where there is none.

    A link that leads out of the folder counts as none.
    """
    if not folder or not _NAME.fullmatch(name):
        raise Refused(Errno.NOT_FOUND)
    within = Path(folder).resolve()
    try:
        file = (within / (name + SUFFIX)).resolve(strict=True)
    except (OSError, RuntimeError):  # the latter of links in a circle
        raise Refused(Errno.NOT_FOUND) from None
    if not file.is_relative_to(within):
        raise Refused(Errno.NOT_FOUND)
    return file


def read(file: Path, most: int) -> bytes:
    """Read a model of at most so many bytes. Raises Refused where it is larger, or no file."""
    try:
        if file.stat().st_size > most:
            raise Refused(Errno.TOO_LARGE)
        return reading.whole(file, "a model", most)
    except (OSError, UsageError):
        raise Refused(Errno.NOT_FOUND) from None


def check(data: bytes) -> None:
    """Raise Refused unless the bytes are a model by the specification, and whole in themselves."""
    import onnx

    if data[4:8] == _ORT:
        raise Refused(Errno.INVALID_ENCODING)
    try:
        model = onnx.ModelProto.FromString(data)
    except Exception:  # protobuf's own DecodeError, and others by its implementation
        raise Refused(Errno.INVALID_ENCODING) from None
    if not model.HasField("graph"):
        raise Refused(Errno.INVALID_ENCODING)
    own = {(function.domain, function.name) for function in model.functions}
    for part in _parts(model):
        if isinstance(part, onnx.TensorProto):
            if part.external_data or part.data_location != onnx.TensorProto.DEFAULT:
                raise Refused(Errno.UNSUPPORTED_OPERATION)
        elif isinstance(part, onnx.NodeProto) and part.domain not in STANDARD:
            is_own = (part.domain, part.op_type) in own
            if not is_own or _RESERVED.match(part.domain):
                raise Refused(Errno.UNSUPPORTED_OPERATION)


def _parts(model: Any) -> Iterator[Any]:
    """Every message in a message, at any depth; Refused where they are too many."""
    left, found = [model], 0
    while left:
        part = left.pop()
        found += 1
        yield part
        for field, value in part.ListFields():
            if field.message_type is not None:
                left += value if field.is_repeated else [value]
        if found + len(left) > MOST_PARTS:
            raise Refused(Errno.TOO_LARGE)
