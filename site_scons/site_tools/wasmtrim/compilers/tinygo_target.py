"""What `go list` must know of a TinyGo target: its GOOS, GOARCH and build tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wasmtrim import atomic
from wasmtrim.compilers import tinygo
from wasmtrim.errors import ToolError
from wasmtrim.profile import Compiler
from wasmtrim.stages.execution import attempt, failure
from wasmtrim.toolchain import refused_go
from wasmtrim.toolchain.locate import Tool

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class TargetInfo:
    """Which files of a package count."""

    goos: str
    goarch: str
    tags: tuple[str, ...]


def of_target(
    settings: Compiler, tool: Tool, environment: Mapping[str, str], kept: Path
) -> TargetInfo:
    """Ask TinyGo, once for each version and settings; `kept` is the folder for its answers.

    Raises ToolError where TinyGo refuses the settings.
    """
    arguments = tinygo.info_arguments(settings)
    key = hashlib.sha256(repr((tool.digest, tool.version, arguments)).encode()).hexdigest()[:16]
    path = kept / f"tinygo-info-{key}.json"
    try:
        answer = json.loads(path.read_text())
    except (OSError, ValueError):
        kept.mkdir(parents=True, exist_ok=True)
        finished = attempt(
            "compile", tool, arguments, cwd=kept, env=environment, timeout=TIMEOUT_SECONDS
        )
        if words := refused_go(tool, finished.said):
            raise ToolError(f"compile: {words}") from None
        if finished.status != 0:
            raise failure("compile", tool, arguments, finished) from None
        try:
            info = json.loads(finished.stdout)
            answer = {name: info[name] for name in ("goos", "goarch", "build_tags")}
        except (ValueError, KeyError, TypeError):
            raise ToolError(
                f"compile: {tool.name} {tool.version}: `{' '.join(arguments)}` did not say what"
                f" the target is: {finished.said[:200]}"
            ) from None
        atomic.write_text(path, json.dumps(answer))
    tags = dict.fromkeys((*answer["build_tags"], *settings.tags))
    return TargetInfo(answer["goos"], answer["goarch"], tuple(tags))
