"""Ends the process groups of a parent that died and could not end them itself.

A script in a session that no signal to the parent reaches. Its standard input is a pipe whose other
end the parent alone holds. A line is `+GROUP` for a group that began, or `-GROUP` for one that
ended. The end of the pipe means that the parent is gone, however it died.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def main() -> None:
    os.setsid()
    groups = set()
    for line in sys.stdin.buffer:
        group = int(line[1:])
        if line[:1] == b"+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
