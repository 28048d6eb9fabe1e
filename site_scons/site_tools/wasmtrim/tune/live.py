"""What a search shows while it runs: candidates tried, the best, the gain, the time left."""

from __future__ import annotations

from types import TracebackType

from wasmtrim.tune.bench import Progress


class Shown:
    """A line on stderr that is renewed; on no terminal a line when there is news.

    News is a better candidate, or something else that is done.
    """

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.live import Live

        self._console = Console(stderr=True, quiet=quiet)
        self._live = Live("", console=self._console, transient=True, auto_refresh=False)
        self._told: tuple[int | None, str] = (None, "")

    def __enter__(self) -> Shown:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def tell(self, progress: Progress) -> None:
        """Show how far the search is."""
        if self._console.is_terminal:
            self._live.update(_line(progress), refresh=True)
        elif (progress.best, progress.doing) != self._told:
            self._console.print(_line(progress), highlight=False, soft_wrap=True)
        self._told = (progress.best, progress.doing)


def _line(progress: Progress) -> str:
    parts = [f"tried {progress.tried} of {progress.budget}"]
    if progress.best is not None:
        parts.append(f"best {progress.best:,} bytes")
        if progress.oz:
            parts.append(f"{100 * (progress.best / progress.oz - 1):+.2f} % to -Oz")
    if progress.doing:
        parts.append(progress.doing)
    elif progress.asked:
        left = progress.seconds / progress.asked * (progress.budget - progress.tried)
        parts.append(f"about {_time(left)} left")
    return ", ".join(parts)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
