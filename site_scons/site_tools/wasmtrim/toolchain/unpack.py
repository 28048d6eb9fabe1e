"""Unpacks a .tar.gz that a stranger may have made: nothing lands outside, nothing without bound."""

from __future__ import annotations

import shutil
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wasmtrim.errors import ToolError


@dataclass(frozen=True)
class UnpackLimits:
    """TinyGo's archive, the largest that is pinned, unpacks to about a quarter of these."""

    bytes: int = 4 << 30
    members: int = 200_000


def unpack(packed: Path, folder: Path, limits: UnpackLimits | None = None) -> None:
    """Unpack into the fresh `folder`: files, folders, and links that stay within it.

    Raises ToolError, naming the member, for a path or a link that leaves the folder, a path that
    comes twice or leads through a link, a member of another kind, and for more than `limits`.
    What was unpacked until then stays: the caller removes it.
    """
    folder.mkdir()
    unpacking = _Unpacking(packed, folder, limits or UnpackLimits())
    try:
        with tarfile.open(packed, "r|gz") as archive:
            for member in archive:
                unpacking.take(archive, member)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ToolError(f"{packed.name} is not a complete .tar.gz: {error}") from None


class _Unpacking:
    def __init__(self, packed: Path, folder: Path, limits: UnpackLimits) -> None:
        self._packed = packed
        self._folder = folder
        self._limits = limits
        self._bytes = 0
        self._taken: dict[PurePosixPath, tarfile.TarInfo] = {}

    def take(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        def refuse(why: str) -> ToolError:
            return ToolError(f"{self._packed.name}: member {member.name!r} {why}; nothing is taken")

        path = PurePosixPath(member.name)
        if path.is_absolute():
            raise refuse("has an absolute path")
        if ".." in path.parts or "\0" in member.name:
            raise refuse("leaves the folder")
        if path == PurePosixPath():  # `./`, the folder itself
            return
        if path in self._taken and not (member.isdir() and self._taken[path].isdir()):
            raise refuse("comes twice")
        for parent in path.parents:
            if parent in self._taken and not self._taken[parent].isdir():
                raise refuse(f"lies in {str(parent)!r}, which is not a folder")
        if member.mode & 0o7000:
            raise refuse(f"has the mode {member.mode:o}: setuid, setgid or sticky")
        self._bytes += member.size
        self._taken[path] = member
        if self._bytes > self._limits.bytes or len(self._taken) > self._limits.members:
            raise refuse(
                f"is too much: at most {self._limits.bytes} bytes"
                f" in {self._limits.members} members are unpacked"
            )
        place = self._folder / path
        if member.isdir():
            place.mkdir(parents=True, exist_ok=True)
        elif member.issym():
            place.parent.mkdir(parents=True, exist_ok=True)
            if not _stays(path, member.linkname):
                raise refuse(f"is a link that leaves the folder: {member.linkname!r}")
            place.symlink_to(member.linkname)
        elif member.islnk():
            target = PurePosixPath(member.linkname)
            if target not in self._taken or not self._taken[target].isreg():
                raise refuse(f"is a link to no file before it: {member.linkname!r}")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(self._folder / target)
        elif member.isreg() and not member.issparse():
            place.parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None
            with place.open("xb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
            place.chmod(0o755 if member.mode & 0o111 else 0o644)
        else:
            raise refuse("is neither file, folder nor link")


def _stays(link: PurePosixPath, target: str) -> bool:
    """Return whether a link's target is within the folder that it is unpacked to.

    `..` is allowed at the target's beginning only: after a name it could follow another link.
    """
    parts = PurePosixPath(target).parts
    up = 0
    while up < len(parts) and parts[up] == "..":
        up += 1
    return not target.startswith("/") and up <= len(link.parent.parts) and ".." not in parts[up:]
