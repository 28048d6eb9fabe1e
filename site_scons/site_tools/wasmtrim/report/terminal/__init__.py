"""The report on a terminal, or in a log: compact, in colour only where it is a terminal."""

from wasmtrim.report.terminal.comparison import of_result, show_result
from wasmtrim.report.terminal.history import show_history
from wasmtrim.report.terminal.profiles import show, text

__all__ = ["of_result", "show", "show_history", "show_result", "text"]
