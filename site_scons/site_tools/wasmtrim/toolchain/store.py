"""The cache folder: what was fetched, each thing whole and under the name of its hash, or absent.

An entry is a folder with the packed file as it came (`packed`) and what was in it (`files`).
Beside it may lie its lock, and `.part`: what a broken transfer brought so far.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from wasmtrim.errors import NotFetched, Refused, ToolError, UsageError
from wasmtrim.toolchain.pins import ADDRESS, Archive, Npm
from wasmtrim.toolchain.unreachable import UnreachableHosts

PACKED = "packed"
FILES = "files"

NpmClient = Callable[[], tuple[str, ...]]


class Store:
    """The entries in `folder`. `root` is the project's folder, `say` is told what takes long.

    `mirror` is an address that stands in for scheme and host of every archive's address; raises
    UsageError when it is none.
    """

    def __init__(
        self, folder: Path, root: Path, say: Callable[[str], None], mirror: str | None = None
    ) -> None:
        if mirror and not re.fullmatch(ADDRESS, mirror):
            raise UsageError(f"WASMTRIM_MIRROR={mirror}: must be like https://host/path")
        self.folder = folder / "toolchain"
        self.reach = UnreachableHosts(folder / "unreachable.json")
        self._root = root
        self._say = say
        self._mirror = mirror

    def entry(self, source: Npm | Archive) -> Path:
        """The folder that holds, or would hold, what the source brings."""
        kind = type(source).__name__.lower()
        _, checksum = source.checksum
        name = source.name.lstrip("@").replace("/", "-")  # npm's scopes
        return self.folder / f"{kind}-{name}-{source.version}-{checksum[:12]}"

    def files(
        self, source: Npm | Archive, *, fetch: bool = True, npm: NpmClient | None = None
    ) -> Path:
        """Return the folder of the unpacked files; bring them first when they are not there.

        `npm` gives the argv of the npm client, and is asked when an npm package is to be fetched.

        Raises NotFetched when they are not available, Refused when what came is not what is pinned.
        """
        if isinstance(source, Archive) and source.address is None:
            raise NotFetched("there is none for this platform", f"build {source.name} yourself")
        entry = self.entry(source)
        if not entry.is_dir():
            if not fetch:
                raise NotFetched("not fetched yet", "nothing: it is fetched on first use")
            self._bring(source, npm)
        return entry / FILES

    def put(self, source: Npm | Archive, packed: Path) -> None:
        """Take a packed file in: check its hash, unpack it beside, rename. `packed` is moved.

        The entry's lock must be held (`alone`). Raises Refused, and removes `packed`, when it is
        not what is pinned.
        """
        from wasmtrim.toolchain import unpack

        entry = self.entry(source)
        beside = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=entry.parent))
        try:
            _check(packed, source)
            unpack.unpack(packed, beside / FILES)
            packed.replace(beside / PACKED)
            beside.chmod(0o755)  # mkdtemp's is the owner's alone; a cache may be shared
            beside.rename(entry)
        except ToolError as error:
            packed.unlink(missing_ok=True)
            raise Refused(str(error)) from None
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    @contextmanager
    def alone(self, source: Npm | Archive) -> Iterator[Path]:
        """Hold the entry's lock, and clear what a killed run left; give its `.part` file's path."""
        from filelock import FileLock, Timeout

        entry = self.entry(source)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(entry.with_name(f"{entry.name}.lock"))
            try:
                lock.acquire(timeout=1)
            except Timeout:
                self._say(f"wasmtrim: waiting for another run that fetches {source}")
                lock.acquire()
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        try:
            for left in self.folder.glob(f".{entry.name}.*"):
                shutil.rmtree(left, ignore_errors=True)
            yield entry.with_name(f"{entry.name}.part")
        finally:
            lock.release()

    def _bring(self, source: Npm | Archive, npm: NpmClient | None) -> None:
        if isinstance(source, Archive):
            self._refuse_known_failure(source)
        with self.alone(source) as part:
            if self.entry(source).is_dir():  # another run brought it while we waited
                return
            if isinstance(source, Npm):
                from wasmtrim.toolchain import npm as client

                assert npm is not None
                argv = npm()
                self._say(f"wasmtrim: fetching {source}")
                client.pack(argv, source, part, self._root)
                self.put(source, part)
                return
            resumed = part.exists()
            self._download(source, part)
            try:
                self.put(source, part)
            except Refused:
                if not resumed:
                    raise
                self._download(source, part)  # the first half may have been of another file
                self.put(source, part)

    def _download(self, source: Archive, part: Path) -> None:
        from wasmtrim.toolchain import download, progress

        address = self._address(source)
        try:
            with progress.showing(str(source), self._say) as shown:
                download.download(address, part, shown)
        except download.Unreachable as error:
            self.reach.failed(address, error)
            cause = f" ({error.cause})" if error.cause else ""
            self._say(f"wasmtrim: {source} is not available: {error}{cause}")
            raise NotFetched(str(error), _bring_by_hand(source)) from None

    def _refuse_known_failure(self, source: Archive) -> None:
        why = self.reach.known_failure(self._address(source))
        if why is not None:
            raise NotFetched(why, _bring_by_hand(source))

    def _address(self, source: Archive) -> str:
        assert source.address is not None
        if not self._mirror:
            return source.address
        return self._mirror.rstrip("/") + urlsplit(source.address).path


def _check(packed: Path, source: Npm | Archive) -> None:
    """Raise ToolError unless the file's hash is the pinned one."""
    algorithm, wanted = source.checksum
    with packed.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if found != wanted:
        raise ToolError(
            f"{source} has {algorithm} {found}, and {wanted} is pinned: it is not taken;"
            " ask whoever serves it (a proxy, WASMTRIM_MIRROR), or pin what you trust"
        )


def _bring_by_hand(source: Archive) -> str:
    host = urlsplit(source.address or "").netloc
    return (
        f"`wasmtrim doctor` when {host} can be reached again; or set WASMTRIM_MIRROR; or `wasmtrim"
        " toolchain import FILE`, with what `wasmtrim toolchain export FILE` wrote elsewhere"
    )


def _unwritable(folder: Path, error: OSError) -> NotFetched:
    return NotFetched(
        f"{folder}: cannot be written: {error.strerror}",
        "make the cache folder writable, or name another one with XDG_CACHE_HOME",
    )
