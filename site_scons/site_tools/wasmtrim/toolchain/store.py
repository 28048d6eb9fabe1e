"""The cache folder: what was fetched, each thing whole and under the name of its hash, or absent.

An entry is a folder with the packed file as it came (`packed`) and what was in it (`files`).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmtrim.errors import ToolError
from wasmtrim.toolchain.pins import Archive, Npm

PACKED = "packed"
FILES = "files"


class NotFetched(ToolError):
    """It isn't in the cache, and could not be brought there; `mend` is what to do."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


class Store:
    """The entries in `folder`. `root` is the project's folder, `say` is told what takes long."""

    def __init__(self, folder: Path, root: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._root = root
        self._say = say

    def entry(self, source: Npm | Archive) -> Path:
        """The folder that holds, or would hold, what the source brings."""
        kind = type(source).__name__.lower()
        _, checksum = source.checksum
        return self.folder / "toolchain" / f"{kind}-{source.name}-{source.version}-{checksum[:12]}"

    def files(
        self,
        source: Npm | Archive,
        *,
        fetch: bool = True,
        npm: Callable[[], tuple[str, ...]] | None = None,
    ) -> Path:
        """Give the folder of the unpacked files; bring them first when they are not there.

        `npm` gives the argv of the npm client, and is asked when an npm package is to be fetched.

        Raises NotFetched when they can't be had, ToolError when what came is not what is pinned.
        """
        if isinstance(source, Archive) and source.address is None:
            raise ToolError("there is none for this platform")
        entry = self.entry(source)
        if not entry.is_dir():
            if not fetch:
                raise NotFetched("not fetched yet", "it is fetched on first use")
            self._bring(source, entry, npm)
        return entry / FILES

    def _bring(
        self, source: Npm | Archive, entry: Path, npm: Callable[[], tuple[str, ...]] | None
    ) -> None:
        with self._alone(entry):
            if entry.is_dir():  # another build brought it while we waited
                return
            part = entry.with_name(f"{entry.name}.part")
            if isinstance(source, Npm):
                from wasmtrim.toolchain import npm as client

                assert npm is not None
                self._say(f"wasmtrim: fetching {source}, once, into {self.folder}")
                client.pack(npm(), source, part, self._root)
            else:
                raise NotFetched("not fetched", "name it by hand")
            self.put(source, part)

    def put(self, source: Npm | Archive, packed: Path) -> None:
        """Take a packed file in: check its hash, unpack it beside, rename. `packed` is moved.

        Raises ToolError, and removes `packed`, when it is not what is pinned.
        """
        entry = self.entry(source)
        try:
            check(packed, source)
            beside = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=entry.parent))
            try:
                from wasmtrim.toolchain import unpack

                unpack.unpack(packed, beside / FILES)
                packed.replace(beside / PACKED)
                beside.chmod(0o755)  # mkdtemp's is the owner's alone; a cache may be shared
                beside.rename(entry)
            except BaseException:
                shutil.rmtree(beside, ignore_errors=True)
                raise
        finally:
            packed.unlink(missing_ok=True)

    @contextmanager
    def _alone(self, entry: Path) -> Iterator[None]:
        """Hold the entry's lock, and clear what a killed run left of it."""
        from filelock import FileLock, Timeout

        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(entry.with_name(f"{entry.name}.lock"))
            try:
                lock.acquire(timeout=1)
            except Timeout:
                self._say(f"wasmtrim: waiting for another run that fetches {entry.name}")
                lock.acquire()
        except OSError as error:
            raise NotFetched(
                f"{entry.parent}: cannot be written: {error.strerror}",
                "make the cache folder writable, or name another one with XDG_CACHE_HOME",
            ) from None
        try:
            for left in entry.parent.glob(f".{entry.name}.*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            lock.release()


def check(packed: Path, source: Npm | Archive) -> None:
    """Raise ToolError unless the file's hash is the pinned one."""
    algorithm, wanted = source.checksum
    with packed.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if found != wanted:
        raise ToolError(
            f"{source} has {algorithm} {found}, and {wanted} is pinned: it is not taken"
        )
