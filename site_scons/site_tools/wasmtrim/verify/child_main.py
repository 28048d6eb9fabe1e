"""The script of a child process: `child_main.py MODULE` calls `main` of that module with a task.

Started with `-I -S` by `child`, which gives the task as JSON on stdin. With the search path as JSON
for one argument more, it is the template of such processes, and stdin its socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from importlib import import_module
from types import ModuleType


def main() -> None:
    name, *template = sys.argv[1:]
    if template:
        module = find(name, json.loads(template[0]))
        module.prepare()
        fork()
        task = json.load(sys.stdin)
    else:
        task = json.load(sys.stdin)
        module = find(name, task["sys_path"])
    module.main(task)
    sys.stdout.flush()
    os._exit(0)  # to take the interpreter apart would cost more than many a task


def find(name: str, sys_path: list[str]) -> ModuleType:
    """Import a module of the wasmtrim that asks, not of one that is installed besides."""
    sys.path[:] = sys_path
    # By its path alone, since in a folder of SCons tools there may be others' files of any name
    # beside it. Of a package between, the modules, without what it imports itself.
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    folder, _, module = name.rpartition(".")
    for package, path in (("wasmtrim", here), (f"wasmtrim.{folder}", os.path.join(here, folder))):  # noqa: PTH118
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [path]
    return import_module(f"wasmtrim.{folder}.{module}")


def fork() -> None:
    """Fork at each message of `process.template`, and return in each child."""
    import select
    import signal
    import socket

    os.chdir("/")  # whoever wants to delete or unmount our folder may
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
        os._exit(1)  # what has threads is not to fork
    connection = socket.socket(fileno=0)
    events = select.poll()
    events.register(connection, select.POLLIN)
    news_of: dict[
        int, tuple[int, int]
    ] = {}  # by the descriptor that tells when a child ends: its process and its pipe
    while True:
        for event, _ in events.poll():
            if event in news_of:
                child, news = news_of.pop(event)
                status = os.waitpid(child, 0)[1]
                events.unregister(event)
                os.close(event)
                with contextlib.suppress(BrokenPipeError):
                    os.write(news, (~status).to_bytes(4, "little", signed=True))
                os.close(news)
                continue
            descriptors = socket.recv_fds(connection, 1, 5)[1]
            if not descriptors:
                os._exit(0)
            *streams, news, folder = descriptors
            if child := os.fork():
                for descriptor in (*streams, folder):
                    os.close(descriptor)
                ended = os.pidfd_open(child)
                events.register(ended, select.POLLIN)
                news_of[ended] = child, news
                continue
            connection.detach()
            os.setsid()
            os.fchdir(folder)
            for number, descriptor in enumerate(streams):
                os.dup2(descriptor, number)
            os.write(news, os.getpid().to_bytes(4, "little"))
            for opened in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
                if opened > 2:
                    with contextlib.suppress(OSError):  # the one of the list itself
                        os.close(opened)
            return


if __name__ == "__main__":
    main()
