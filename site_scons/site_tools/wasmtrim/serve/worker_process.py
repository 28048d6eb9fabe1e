"""The process of a worker, a script: the plan first, then a request after the other.

Its arguments are descriptors: of two sockets, for requests and answers, and for those to stop; and
of the memory where the body of a request is.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
from typing import Any


def main() -> None:
    data, control = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    descriptor = int(sys.argv[3])
    given = json.loads(_exactly(data, int.from_bytes(_exactly(data, 4), "little")))
    sys.path[:] = given["sys_path"]
    from wasmtrim.engine.interface import NoExport
    from wasmtrim.serve.exchange import ANSWER, PLAN, REQUEST
    from wasmtrim.serve.loading import Plan, load
    from wasmtrim.serve.shared import Shared

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    plan_bytes, module_bytes = PLAN.unpack(_exactly(data, PLAN.size))
    plan = Plan.from_json(bytes(_exactly(data, plan_bytes)))
    module = bytes(_exactly(data, module_bytes))

    def give(figures: dict[str, Any], output: bytes | bytearray = b"") -> None:
        told = json.dumps(figures).encode()
        data.sendall(b"".join((ANSWER.pack(len(told), len(output)), told, output)))

    import wasmtime

    notes: list[str] = []
    try:
        guest = load(plan, module, control, note=notes.append, gone=lambda: os._exit(0))
    except (NoExport, ValueError, OSError, wasmtime.WasmtimeError, wasmtime.Trap) as error:
        from wasmtrim.engine.run import reason
        from wasmtrim.escaping import excerpt

        give({"failed": excerpt(reason(error))})
        return
    give({"notes": notes})
    body = Shared(descriptor)
    while True:
        number, size = REQUEST.unpack(_exactly(data, REQUEST.size))
        ending = guest.answer(number, body.view(size))
        give(ending.figures(), ending.output)


def _exactly(source: socket.socket, size: int) -> bytearray:
    """Read that many bytes; without the front there is nothing left to do."""
    data = bytearray(size)
    view = memoryview(data)
    while view:
        size = source.recv_into(view)
        if not size:
            os._exit(0)
        view = view[size:]
    return data


if __name__ == "__main__":
    main()
