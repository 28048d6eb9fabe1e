"""Real modules from the Go module proxy, with the verdict that was expected before the first run.

`expected` is a reader's own judgement of the module, written before the tool saw it, and stays as
it was written. Where the tool says otherwise, `told` is what it says and `why` is the reason.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RealModule:
    path: str
    version: str
    what: str
    expected: str
    told: str = ""
    why: str = ""

    @property
    def verdict(self) -> str:
        return self.told or self.expected


MODULES = (
    RealModule("github.com/yuin/goldmark", "v1.8.7", "a Markdown renderer", "candidate"),
    RealModule("github.com/gin-gonic/gin", "v1.12.0", "a web framework", "downgrade"),
    RealModule("github.com/go-chi/chi/v5", "v5.5.0", "a router for net/http", "candidate"),
    RealModule("github.com/go-sql-driver/mysql", "v1.10.1", "a database driver", "downgrade"),
    RealModule("github.com/disintegration/imaging", "v1.6.2", "an image library", "candidate"),
    RealModule("github.com/rakyll/hey", "v0.1.5", "a CLI with signals", "downgrade"),
    RealModule("github.com/mattn/go-sqlite3", "v1.14.53", "cgo", "not-migratable"),
    RealModule("github.com/shirou/gopsutil/v4", "v4.26.10", "reads /proc", "not-migratable"),
    RealModule("github.com/robfig/cron/v3", "v3.0.1", "timers", "candidate"),
    RealModule(
        "github.com/schollz/progressbar/v3",
        "v3.19.1",
        "tickers",
        "candidate",
        told="downgrade",
        why="it can serve its state over HTTP (StartHTTPServer), and its examples download files"
        " and sleep for less than 10 ms; the reader had the bar alone in mind",
    ),
    RealModule("github.com/flosch/pongo2/v6", "v6.0.0", "a template engine", "candidate"),
    RealModule(
        "github.com/klauspost/compress",
        "v1.20.4",
        "a compression library",
        "candidate",
        told="downgrade",
        why="the module has commands (s2/cmd) that wait for signals and read from http: addresses;"
        " a package of it alone, such as ./zstd, is a candidate",
    ),
    RealModule("github.com/fsnotify/fsnotify", "v1.10.1", "kernel calls", "not-migratable"),
    RealModule(
        "github.com/BurntSushi/toml",
        "v1.6.0",
        "a parser",
        "candidate",
        told="not-migratable",
        why="internal/toml-test, which runs another program as its decoder, is a package of the"
        " module; the package toml alone is a candidate",
    ),
    RealModule("github.com/spf13/cobra", "v1.10.2", "a library for CLIs", "candidate"),
)
