"""What the guest adds to an empty program: `python tests/benchmarks/guest_size.py`.

Shipped bytes by the flags and stages of gif-edge-strict, without and with the tag quantize, by each
compiler that there is, beside those of an empty main. A compiler that is missing is told.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PROGRAMS = {
    "empty main": ("empty", ["small"]),
    "guest": ("guest/cmd/gif", ["small"]),
    "guest, quantize": ("guest/cmd/gif", ["small", "quantize"]),
}
COMPILERS = {"tinygo": "TinyGo", "go": "standard Go"}
TINYGO_ONLY = ("gc", "scheduler", "panic", "opt")
AIMS = {("tinygo", "guest"): 8 << 10, ("tinygo", "guest, quantize"): 20 << 10}


def lay_out(folder: Path) -> None:
    """A project with a profile for each compiler and program."""
    shutil.copytree(PROJECT / "guest", folder / "guest")
    (folder / "empty").mkdir()
    (folder / "empty" / "go.mod").write_text("module empty\n\ngo 1.22\n")
    (folder / "empty" / "main.go").write_text("package main\n\nfunc main() {}\n")
    profiles = folder / "config" / "profiles"
    profiles.mkdir(parents=True)
    shutil.copy(PROJECT / "config" / "profiles" / "gif-edge-strict.yaml", profiles)
    for compiler in COMPILERS:
        for number, (source, tags) in enumerate(PROGRAMS.values()):
            flags: dict[str, object] = {"name": compiler, "fallback": False, "tags": tags}
            if compiler == "go":
                flags |= dict.fromkeys(TINYGO_ONLY)
            settings: dict[str, object] = {
                "extends": "gif-edge-strict",
                "source": source,
                "compiler": flags,
                "smoke": None,
                "budget": [],
            }
            # JSON is YAML.
            (profiles / f"{compiler}-{number}.yaml").write_text(json.dumps(settings))
    (folder / "SConstruct").write_text(
        "import wasmtrim\n"
        "env = Environment(tools=[wasmtrim.generate])\n"
        'env.WasmRelease("config/profiles")\n'
    )


def shipped(folder: Path, profile: str) -> int | str:
    """The bytes of a profile's module, or why there is none."""
    argv = [sys.executable, "-m", "SCons", "-Q", "release", f"profile={profile}"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    record = folder / "dist" / f"{profile}.sizes.json"
    if not record.exists():
        lines = (done.stderr or done.stdout).strip().splitlines()
        return lines[0] if lines else f"scons ended with {done.returncode}"
    return int(json.loads(record.read_text())["stages"][-1]["raw"])


def main() -> None:
    print("| compiler | program | bytes | over an empty main | aim |")
    print("| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder)
        for compiler, title in COMPILERS.items():
            empty = 0
            for number, program in enumerate(PROGRAMS):
                size = shipped(folder, f"{compiler}-{number}")
                if isinstance(size, str):
                    print(f"| {title} | missing: {size} | | | |", flush=True)
                    break
                empty = empty or size
                aim = AIMS.get((compiler, program))
                print(
                    f"| {title} | {program} | {size:,} | {size - empty:,} | "
                    f"{f'{aim:,}' if aim else ''} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
