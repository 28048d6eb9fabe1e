"""Where each program is: the first of its sources that brings it in the wanted version."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from wasmtrim import OWN, __version__
from wasmtrim.errors import NotFetched, Refused, ToolError
from wasmtrim.toolchain import probe
from wasmtrim.toolchain.pins import (
    FILES,
    Archive,
    Npm,
    OnPath,
    Pin,
    PyPI,
    Toolchain,
    numbers,
    platform,
)
from wasmtrim.toolchain.store import Store


@dataclass(frozen=True)
class Tool:
    """A program that can be run: `argv` is how its command line begins, in absolute paths.

    Or a file that a program reads (pins.FILES): then `argv` is its path.

    `pinned` tells whether it is the pinned one by a hash, not just by the version that it prints:
    the hash that the toolchain file names, or that of the package that brought it. `origin` says
    where it comes from.
    `digest` is the sha256 of its own file (the last of `argv`) in hex. `env` is what it needs
    in its environment.
    """

    name: str
    argv: tuple[str, ...]
    version: str
    pinned: bool
    origin: str
    digest: str
    env: Mapping[str, str] = field(default_factory=dict)


class Missing(ToolError):
    """No source has the program in the wanted version: `tried` is (source, why not) pairs."""

    def __init__(self, pin: Pin, tried: tuple[tuple[str, str], ...], fix: str) -> None:
        wanted = pin.version if pin.policy == "locked" else f"{pin.minimum} or newer"
        lines = [f"{pin.program} {wanted} is not available (policy: {pin.policy})"]
        lines += [f"  {source}: {why}" for source, why in tried]
        super().__init__("\n".join([*lines, f"  fix: {fix}"]))
        self.program = pin.program
        self.wanted = wanted
        self.tried = tried
        self.fix = fix


@cache
def _own() -> Tool:
    """This package; the digest is that of all its code that a stage may run."""
    package = Path(__file__).parents[1]
    files = sorted(file for name in ("stages", "wasm") for file in (package / name).rglob("*.py"))
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    # It keeps what it compiles of us, as any Python does, unless we were told not to.
    kept = ("-B",) if sys.dont_write_bytecode else ()
    argv = (sys.executable, "-P", *kept, "-m", "wasmtrim.cli.main")
    # numpy starts a thread a processor to multiply matrices, which no stage does.
    env = {"PYTHONPATH": str(package.parent), "OPENBLAS_NUM_THREADS": "1"}
    return Tool(OWN, argv, __version__, True, "this package", digest, env)


class Locator:
    """Finds programs, each once a run; for several threads.

    `root` is the project's folder: npm's settings there hold. `cache` is the folder for what is
    fetched and remembered; None is the user's. `environ` is the environment to look in. `say`
    is told, a line at a time, what takes long.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        root: Path,
        *,
        cache: Path | None = None,
        environ: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    ) -> None:
        platform()  # refuses Windows before anything else is said
        self.toolchain = toolchain
        self._environ = os.environ if environ is None else environ
        cache = cache or user_cache()
        self.store = Store(cache, root, say, self._environ.get("WASMTRIM_MIRROR"))
        self._answers = probe.Answers(cache / "programs.json")
        self._found: dict[str, Tool] = {}
        self._lock = threading.RLock()  # several stages ask at a time, and wasm-opt asks for node

    def find(self, program: str, *, fetch: bool = True) -> Tool:
        """Return the program; `fetch` allows to bring it over the network.

        The order: its `WASMTRIM_*` variable, then the sources of toolchain.yaml.

        Raises Missing when no source has it; Refused when what a source brought isn't what is
        pinned; ToolError when what the variable names can't be used.
        """
        if program == OWN:
            return _own()
        with self._lock:
            if program not in self._found:
                pin = self.toolchain[program]
                self._found[program] = self._named(pin) or self._from_sources(pin, fetch)
            return self._found[program]

    @property
    def found(self) -> tuple[Tool, ...]:
        """The programs that were asked for and found."""
        return tuple(self._found.values())

    def candidates(self) -> Iterator[Path]:
        """Return every file of PATH that would be looked at, there or not, for any program."""
        folders = [
            *self._environ.get("PATH", "").split(os.pathsep),
            str(Path(sys.executable).parent),
        ]
        return (Path(f, name).absolute() for f in folders if f for name in self.toolchain.pins)

    def _named(self, pin: Pin) -> Tool | None:
        """The program that a variable names: taken whatever its version."""
        variable = variable_of(pin.program)
        named = self._environ.get(variable)
        if not named:
            return None
        found = Path(named) if os.sep in named else next(self._on_path(named), None)
        if found is None or not found.is_file():
            raise ToolError(
                f"{variable}={named}: no such file; name {pin.program}'s own path, or unset it"
            )
        if pin.program in FILES:
            return _file(pin, found.absolute(), "of its own", variable, checked=False)
        try:
            return self._tool(pin, (str(found.absolute()),), variable)
        except ToolError as error:
            raise ToolError(
                f"{variable}={named}: {error}; name a {pin.program} that runs, or unset it"
            ) from None

    def _from_sources(self, pin: Pin, fetch: bool) -> Tool:
        """Try the sources without the network first, so that what was fetched once stays taken."""
        for online in (False, True) if fetch else (False,):
            tried: list[tuple[str, str]] = []
            fixes: list[str] = []
            for source in pin.sources:
                try:
                    for tool in self._candidates(pin, source, online):
                        unfit = _unfit(pin, tool)
                        if unfit is None:
                            return tool
                        tried.append((str(source), f"{tool.argv[-1]} is {unfit}"))
                except Refused:
                    raise
                except Missing as error:  # Node, for what npm brings
                    tried.append((str(source), f"{error.program} {error.wanted} is missing"))
                    fixes.insert(0, error.fix)  # the least trouble of all
                except NotFetched as error:
                    tried.append((str(source), str(error)))
                    fixes.append(error.fix)
                except ToolError as error:
                    tried.append((str(source), str(error)))
                if isinstance(source, PyPI):
                    package = f"{source.name}=={source.version}"
                    fixes.append(f"{sys.executable} -m pip install {package}")
        by_hand = f"install {pin.program} {pin.version} and name its path in the variable"
        fixes.append(f"{by_hand} {variable_of(pin.program)}")
        raise Missing(pin, tuple(tried), fixes[0])

    def _candidates(
        self, pin: Pin, source: OnPath | PyPI | Npm | Archive, fetch: bool
    ) -> Iterator[Tool]:
        """Yield what the source has, in order. Raises ToolError when it has nothing."""
        match source:
            case OnPath():
                yield from self._path_candidates(pin)
            case PyPI():
                yield self._of_package(pin, source)
            case Archive():
                files = self.store.files(source, fetch=fetch)
                program = files / source.folder / pin.program
                yield self._tool(pin, (str(program),), str(source), checked=True)
            case Npm() if pin.program in FILES:
                files = self.store.files(source, fetch=fetch, npm=self.npm)
                file = files / source.folder / FILES[pin.program]
                yield _file(pin, file, source.version, str(source), checked=True)
            case Npm():
                node = self.find("node", fetch=fetch)
                files = self.store.files(source, fetch=fetch, npm=self.npm)
                program = files / source.folder / pin.program
                yield self._tool(pin, (*node.argv, str(program)), str(source), checked=True)

    def _path_candidates(self, pin: Pin) -> Iterator[Tool]:
        refused: list[str] = []
        offered = False
        for file in self._on_path(pin.program):
            try:
                tool = self._tool(pin, (str(file),), "PATH")
            except ToolError as error:
                refused.append(str(error))
                continue
            offered = True
            yield tool
        if refused:
            raise ToolError("; ".join(refused))
        if not offered:
            raise ToolError("not there")

    def _on_path(self, program: str) -> Iterator[Path]:
        """Yield the files of that name on PATH and in the interpreter's folder, each once.

        That folder is not on PATH when the environment isn't activated. A Python script there
        only starts what a PyPI package brings, which is a source of its own.
        """
        own = Path(sys.executable).parent.resolve()
        folders = [Path(f) for f in self._environ.get("PATH", "").split(os.pathsep) if f]
        seen: set[Path] = set()
        for folder in [*folders, own]:
            file = folder.absolute() / program
            if not file.is_file() or (real := file.resolve()) in seen:
                continue
            seen.add(real)
            if folder.resolve() == own and _is_launcher(file):
                continue
            yield file

    def _of_package(self, pin: Pin, source: PyPI) -> Tool:
        name = source.name.replace("-", "_")
        installed = ""
        for folder in (Path(entry) for entry in sys.path if Path(entry).is_absolute()):
            for info in sorted(folder.glob(f"{name}-*.dist-info")):
                version = info.name.removeprefix(f"{name}-").removesuffix(".dist-info")
                if version == source.version or pin.policy == "system":
                    program = folder / source.folder / pin.program
                    origin = f"PyPI package {source.name} {version}"
                    tool = self._tool(pin, (str(program),), origin)
                    if pin.sha256:
                        return tool
                    member = f"{source.folder}/{pin.program}"
                    intact = version == source.version and _in_record(info, member, tool.digest)
                    return replace(tool, pinned=intact)
                installed = version
        raise ToolError(f"version {installed} is installed" if installed else "not installed")

    def npm(self) -> tuple[str, ...]:
        """Return npm's argv: the one on PATH, else the one that comes with Node from PyPI."""
        for file in self._on_path("npm"):
            return (str(file),)
        node = self.find("node")
        cli = Path(node.argv[0]).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if not cli.is_file():
            raise ToolError(f"npm is not on PATH, and not beside {node.argv[0]}")
        return (*node.argv, str(cli))

    def _tool(self, pin: Pin, argv: tuple[str, ...], origin: str, *, checked: bool = False) -> Tool:
        """Return the program; `checked`: it came in a package whose hash is pinned."""
        env = {}
        if pin.program == "go" and origin.startswith("PyPI"):
            env = {"GOROOT": str(Path(argv[0]).parents[1])}
        answer = self._answers.of(pin.program, argv, env)
        pinned = _is_pinned(pin, answer.version, answer.digest, checked=checked)
        return Tool(pin.program, argv, answer.version, pinned, origin, answer.digest, env)


def _is_pinned(pin: Pin, version: str, digest: str, *, checked: bool) -> bool:
    by_hash = checked if pin.sha256 is None else digest == pin.sha256
    return version == pin.version and by_hash


def _in_record(info: Path, member: str, digest: str) -> bool:
    """Return whether an installed package's list of files has this digest for a file of it.

    RECORD (PyPA, Recording installed projects): PATH,sha256=BASE64,SIZE, a file a line.
    """
    urlsafe = base64.urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=")
    try:
        listed = (info / "RECORD").read_bytes()
    except OSError:
        return False
    return b"\n%s,sha256=%s," % (member.encode(), urlsafe) in b"\n" + listed


def _file(pin: Pin, file: Path, version: str, origin: str, *, checked: bool) -> Tool:
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ToolError(f"{file}: {error.strerror}") from None
    pinned = _is_pinned(pin, version, digest, checked=checked)
    return Tool(pin.program, (str(file),), version, pinned, origin, digest)


def user_cache() -> Path:
    """The folder for what wasmtrim fetches for this user."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("wasmtrim", appauthor=False))


def variable_of(program: str) -> str:
    """The environment variable that names a program: WASMTRIM_WASM_OPT."""
    return f"WASMTRIM_{program.upper().replace('-', '_')}"


def _unfit(pin: Pin, tool: Tool) -> str | None:
    """Say what is wrong with the version, if anything."""
    if pin.policy == "locked" and tool.version != pin.version:
        return f"version {tool.version}, and {pin.version} is pinned"
    if pin.policy == "locked" and pin.sha256 not in (None, tool.digest):
        return f"version {tool.version} with sha256 {tool.digest}, and {pin.sha256} is pinned"
    if pin.policy == "system" and numbers(tool.version) < numbers(pin.minimum):
        return f"version {tool.version}, older than {pin.minimum}"
    return None


def _is_launcher(file: Path) -> bool:
    """Tell a script that starts Python, as pip writes it: the path may stand in its second line."""
    try:
        with file.open("rb") as opened:
            head = opened.read(2) + opened.readline(1024) + opened.readline(1024)
    except OSError:
        return False
    return head.startswith(b"#!") and b"python" in head
