"""What ^C and SIGTERM mean for the programs at work: SCons itself waits for them to end."""

from __future__ import annotations

import os
import signal
import threading

from wasmtrim import process


def end_children() -> None:
    """From now on, a signal that ends scons ends the programs that it waits for.

    SCons sets handlers of its own when it starts to build, so ours would not last; the wake-up
    descriptor hears of every signal whoever handles it. Until then SIGTERM and SIGHUP would end
    scons in the middle of a step; they become what ^C is.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, signal.default_int_handler)
    hears, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(hears,), daemon=True).start()


def _listen(hears: int) -> None:
    ending = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    while numbers := os.read(hears, 64):
        if ending & set(numbers):
            process.stop_children()
