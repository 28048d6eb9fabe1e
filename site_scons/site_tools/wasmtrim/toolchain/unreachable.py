"""Which addresses gave nothing: remembered for a while, so that no build waits for them again."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from wasmtrim import atomic
from wasmtrim.toolchain.download import Unreachable

KEPT_SECONDS = 3600.0


class UnreachableHosts:
    """What failed and when, in a file of the cache folder; a clock that jumped forgets it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def known_failure(self, address: str) -> str | None:
        """Say why the address, or its host, gave nothing of late; None where it is worth a try."""
        failures = self._read()
        for key in (address, urlsplit(address).netloc):
            when, why = failures.get(key, (0.0, ""))
            if 0 <= time.time() - when < KEPT_SECONDS:
                return why
        return None

    def failed(self, address: str, error: Unreachable) -> None:
        """Remember a failure."""
        key = urlsplit(address).netloc if error.host else address
        failures = self._read() | {key: (time.time(), str(error))}
        with suppress(OSError):
            atomic.write_text(self._file, json.dumps(failures))

    def forget(self) -> None:
        """Let every address be tried again."""
        with suppress(OSError):
            self._file.unlink()

    def _read(self) -> dict[str, tuple[float, str]]:
        with suppress(OSError, ValueError, TypeError, AttributeError):
            read = json.loads(self._file.read_bytes())
            return {str(key): (float(when), str(why)) for key, (when, why) in read.items()}
        return {}
