"""A stand-in for TinyGo: takes its flags as strictly, refuses what it refuses, builds with Go.

`install(folder)` writes an executable `tinygo` there, with its settings in it: a build runs
compilers in a fixed environment that would not pass variables on. What it imitates was seen on
TinyGo 0.40.1; the words and the exit status are that one's:

- `version`, `info -json`, `build`; an unknown flag, `-ldflags "-s -w"` and a bad -stack-size end
  with status 2, a bad value, a missing target and a Go out of range with status 1.
- `build` needs the `go` of its PATH. The module is standard Go's, and so is its size; it gets the
  `target_features` section that TinyGo's modules have.
- `-work` prints WORK=FOLDER on stdout and leaves the module as linked there: `main`, or with
  `pre_wasm_opt` `main.pre-wasm-opt` as TinyGo 0.33 did. It is a bit longer than the result.
- Where build constraints exclude all files of a program, it names the package and not the reason.
- `-target=wasip2` calls the `wasm-tools` of PATH.
- `-X` leaves a variable alone that has a value in the source, and says nothing (before 0.42).

It does not set TinyGo's build tags, since standard Go compiles the program.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

VARIABLE = "STAND_IN_TINYGO"


@dataclass(frozen=True)
class Settings:
    """`go_from` and `go_to` bound the Go that it accepts; `takes_s_w` lets `-s -w` pass.

    `ends` is how a build ends: `well`, `killed` (SIGKILL), `hangs`, `without-file` (status 0),
    `half` (status 0 and half a module), `garbage` (a module that is none).
    """

    version: str = "0.41.1"
    go_from: str = "1.19"
    go_to: str = "1.26"
    takes_s_w: bool = False
    pre_wasm_opt: bool = False
    ends: str = "well"


def install(folder: Path, settings: Settings | None = None) -> Path:
    """Write an executable `tinygo` into the folder; give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "tinygo"
    baked = shlex.quote(json.dumps(asdict(settings or Settings())))
    run = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).resolve()))}"
    program.write_text(f'#!/bin/sh\n{VARIABLE}={baked} exec {run} "$@"\n')
    program.chmod(0o755)
    return program


VALUES = {
    "-buildmode": ("default", "c-shared", "wasi-legacy"),
    "-gc": ("none", "leaking", "conservative", "custom", "precise", "boehm"),
    "-scheduler": ("none", "tasks", "cores", "threads", "asyncify"),
    "-panic": ("print", "trap"),
    "-opt": ("none", "0", "1", "2", "s", "z"),
    "-size": ("none", "short", "full", "html"),
}
WITH_VALUE = (
    *VALUES,
    "-target", "-ldflags", "-tags", "-o", "-p", "-stack-size", "-llvm-features", "-interp-timeout",
    "-print-allocs", "-serial", "-wit-package", "-wit-world",
)  # fmt: skip
SWITCHES = (
    "-no-debug", "-nobounds", "-work", "-x", "-json", "-print-stacks", "-go-compatibility",
)  # fmt: skip

TARGETS = {
    "wasip1": ("wasip1", "wasm", "precise", "asyncify"),
    "wasi": ("wasip1", "wasm", "precise", "asyncify"),
    "wasip2": ("linux", "arm", "precise", "asyncify"),
    "wasm": ("js", "wasm", "precise", "asyncify"),
    "wasm-unknown": ("linux", "arm", "leaking", "none"),
}
FEATURES = ("bulk-memory", "mutable-globals", "nontrapping-fptoint", "sign-ext")


def refuse(message: str, status: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(status)


def parse(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Read flags as Go's flag package does: `-x=v`, `-x v`, `--x`; the first other word ends it."""
    flags: dict[str, str] = {}
    left = list(words)
    while left and left[0].startswith("-") and left[0] != "-":
        word = left.pop(0)
        if word == "--":
            break
        name, has_value, value = word.partition("=")
        name = "-" + name.lstrip("-")
        if name not in (*WITH_VALUE, *SWITCHES):
            refuse(f"flag provided but not defined: {name}\n{usage()}", 2)
        if name in SWITCHES:
            flags[name] = value if has_value else "true"
        elif has_value:
            flags[name] = value
        elif left:
            flags[name] = left.pop(0)
        else:
            refuse(f"flag needs an argument: {name}\n{usage()}", 2)
    return flags, left


def usage() -> str:
    return "\n".join(["Usage of tinygo:", *(f"  {name}" for name in (*WITH_VALUE, *SWITCHES))])


def check(flags: dict[str, str], settings: Settings) -> None:
    """Refuse values that TinyGo refuses."""
    stack_size = flags.get("-stack-size")
    if stack_size is not None and not re.fullmatch(r"\d+(\.\d+)?(B|KB|MB|GB)", stack_size.upper()):
        suffix = stack_size.lstrip("0123456789.")
        refuse(
            f'invalid value "{stack_size}" for flag -stack-size:'
            f" Unrecognized size suffix {suffix}\n{usage()}",
            2,
        )
    if not settings.takes_s_w:
        check_ldflags(flags.get("-ldflags", ""))
    for name, known in VALUES.items():
        if name in flags and flags[name] not in known:
            option = "-opt=" if name == "-opt" else f"{name[1:]} option "
            found = flags[name] if name == "-opt" else f"'{flags[name]}'"
            refuse(f"invalid {option}{found}: valid values are {', '.join(known)}", 1)
    if flags.get("-target", "wasm") not in TARGETS:
        refuse(f"open targets/{flags['-target']}.json: no such file or directory", 1)


def check_ldflags(text: str) -> None:
    words = shlex.split(text)
    while words:
        name = "-" + words.pop(0).lstrip("-").partition("=")[0]
        if name not in ("-X", "-extldflags"):
            refuse(
                f"flag provided but not defined: {name}\n"
                "Usage of link:\n"
                "  -X value\n"
                "    \tSet the value of the string variable to the given value.\n"
                "  -extldflags string\n"
                "    \tadditional flags to pass to external linker",
                2,
            )
        words = words[1:]


def check_go(settings: Settings) -> str:
    go = shutil.which("go")
    if go is None:
        refuse("could not find 'go' command: executable file not found in $PATH", 1)
    version = subprocess.run([go, "version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"go(\d+)\.(\d+)", version.split()[2])
    assert match is not None
    minor = int(match[2])
    lowest, highest = (int(bound.split(".")[1]) for bound in (settings.go_from, settings.go_to))
    if not lowest <= minor <= highest:
        refuse(
            f"requires go version {settings.go_from} through {settings.go_to},"
            f" got go{match[1]}.{match[2]}",
            1,
        )
    return go


def info(flags: dict[str, str]) -> None:
    target = flags.get("-target", "wasm")
    goos, goarch, gc, scheduler = TARGETS[target]
    gc, scheduler = flags.get("-gc", gc), flags.get("-scheduler", scheduler)
    told = {
        "goos": goos,
        "goarch": goarch,
        "build_tags": [
            "tinygo.wasm",
            "tinygo",
            "purego",
            "osusergo",
            "math_big_pure_go",
            f"gc.{gc}",
            f"scheduler.{scheduler}",
            "serial.none",
        ],
        "garbage_collector": gc,
        "scheduler": scheduler,
        "llvm_triple": "wasm32-unknown-wasi",
    }
    print(json.dumps(told, indent=2))


def build(flags: dict[str, str], packages: list[str], settings: Settings) -> None:
    if len(packages) > 1:
        refuse(
            "build only accepts a single positional argument: package name, but multiple"
            " were specified",
            1,
        )
    go = check_go(settings)
    match settings.ends:
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hangs":
            time.sleep(3600)
        case "without-file":
            return
    out = Path(flags.get("-o", "main.wasm")).absolute()
    work = Path(tempfile.mkdtemp(prefix="tinygo"))
    if "-work" in flags:
        print(f"WORK={work}", flush=True)
    linked = work / ("main.pre-wasm-opt" if settings.pre_wasm_opt else "main")
    mode = [f"-buildmode={flags['-buildmode']}"] if flags.get("-buildmode") == "c-shared" else []
    tags = ",".join(flags.get("-tags", "").split())
    words = shlex.split(flags.get("-ldflags", ""))
    texts = [text for word, text in pairwise(words) if word == "-X"]
    if version_of(settings) < (0, 42):
        texts = [text for text in texts if not has_value(text.partition("=")[0])]
    defined = [f"-X '{text}'" for text in texts]
    link = " ".join(["-s -w", *defined])
    command = [go, "build", "-trimpath", "-buildvcs=false", f"-ldflags={link}", f"-tags={tags}"]
    env = {**os.environ, "GOOS": "wasip1", "GOARCH": "wasm"}
    argv = [*command, *mode, "-o", str(linked), *packages]
    ended = subprocess.run(argv, env=env, stderr=subprocess.PIPE, text=True, check=False)
    excluded = re.match(r"(package \S+): build constraints exclude all Go files", ended.stderr)
    sys.stderr.write(f"{excluded[1]}\n\n" if excluded else ended.stderr)
    if ended.returncode:
        sys.exit(1)
    module = linked.read_bytes() + target_features()
    linked.write_bytes(module + section("producers", bytes(1) + bytes(300)))
    out.parent.mkdir(parents=True, exist_ok=True)
    if flags.get("-target") == "wasip2":
        module = component(work)
    if settings.ends == "garbage":
        module = b"no module at all"
    out.write_bytes(module[: len(module) // 2] if settings.ends == "half" else module)
    if "-work" not in flags:
        shutil.rmtree(work)


def component(work: Path) -> bytes:
    """Make a component by the `wasm-tools` of PATH; it has one function that does nothing."""
    if shutil.which("wasm-tools") is None:
        missing = 'exec: "wasm-tools": executable file not found in $PATH'
        refuse(f"`wasm-tools component embed` failed: {missing}", 1)
    world, core, made = work / "world.wit", work / "embedded.wasm", work / "component.wasm"
    world.write_text("package stand:in;\nworld command { export run: func(); }\n")
    embed = [
        "wasm-tools",
        "component",
        "embed",
        "--dummy",
        "-w",
        "command",
        str(world),
        "-o",
        str(core),
    ]
    subprocess.run(embed, check=True)
    subprocess.run(["wasm-tools", "component", "new", str(core), "-o", str(made)], check=True)
    return made.read_bytes()


def version_of(settings: Settings) -> tuple[int, int]:
    major, minor = settings.version.split(".")[:2]
    return int(major), int(minor)


def has_value(variable: str) -> bool:
    """Return whether the source gives this variable of the program a value."""
    package, _, name = variable.rpartition(".")
    root = next(up for up in (Path.cwd(), *Path.cwd().parents) if (up / "go.mod").exists())
    declared = re.compile(rf"^(?:var\s+|\s+){re.escape(name)}\b[^=\n]*=", re.MULTILINE)
    return any(
        declared.search(file.read_text())
        for file in root.rglob("*.go")
        if file.parent.name == package.rpartition("/")[2] or package == "main"
    )


def target_features() -> bytes:
    entries = b"".join(b"+" + bytes([len(name)]) + name.encode() for name in FEATURES)
    return section("target_features", bytes([len(FEATURES)]) + entries)


def section(name: str, content: bytes) -> bytes:
    """A custom section: id 0, size, name, content."""
    body = bytes([len(name)]) + name.encode() + content
    return b"\0" + leb128(len(body)) + body


def leb128(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def main(arguments: list[str]) -> None:
    settings = Settings(**json.loads(os.environ.get(VARIABLE, "{}")))
    command, words = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command == "version":
        print(
            f"tinygo version {settings.version} linux/amd64"
            " (using go version go1.26.6 and LLVM version 20.1.1)"
        )
        return
    if command not in ("build", "info"):
        refuse(f"Unknown command: {command}\nTinyGo is a Go compiler for small places.", 1)
    flags, packages = parse(words)
    check(flags, settings)
    if command == "info":
        check_go(settings)
        info(flags)
    else:
        build(flags, packages, settings)


if __name__ == "__main__":
    main(sys.argv[1:])
