"""The fixed environment of a compiler: the same bytes whatever the user's own settings are."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

# They say where to look for sources and where to keep caches, and don't reach the module.
_PASSED_ON = (
    "HOME",
    "GOCACHE",
    "GOMODCACHE",
    "GOPATH",
    "GOPROXY",
    "GOSUMDB",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOINSECURE",
    "GOAUTH",
    "XDG_CACHE_HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


def fixed(
    programs: Sequence[Path],
    temporary: Path,
    workspace: Path | None = None,
    experiment: Sequence[str] = (),
) -> dict[str, str]:
    """Return the environment of a compiler. `programs` are folders that come first on its PATH.

    `workspace` is the go.work that counts, `experiment` are the names for GOEXPERIMENT.
    """
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed_on,
        "PATH": os.pathsep.join([*map(str, programs), "/usr/local/bin", "/usr/bin", "/bin"]),
        "TMPDIR": str(temporary),
        "LC_ALL": "C",
        "GOENV": "off",
        "GOFLAGS": "",
        "GOWORK": str(workspace) if workspace else "off",
        "GOTOOLCHAIN": "local",
        "GO111MODULE": "on",
        "GOEXPERIMENT": ",".join(experiment),
        "GOOS": "wasip1",
        "GOARCH": "wasm",
        # Go before 1.26 leaves these two out by default; from 1.26 on they are always used.
        "GOWASM": "satconv,signext",
        "CGO_ENABLED": "0",
    }


def for_tinygo(environment: Mapping[str, str], cache: Path) -> dict[str, str]:
    """Fit the environment to TinyGo, which has a flag for the target and a cache of its own.

    It names the libraries in its cache by target, not by its own version: so `cache` is a folder
    for one TinyGo.
    """
    fitted = {key: value for key, value in environment.items() if key not in ("GOOS", "GOARCH")}
    return {**fitted, "XDG_CACHE_HOME": str(cache)}
