"""The report as Markdown, for a comment on a change: the verdict first, the rest folded."""

from wasmtrim.report.markdown.comparison import of_result
from wasmtrim.report.markdown.markup import MOST_BYTES
from wasmtrim.report.markdown.profiles import text

__all__ = ["MOST_BYTES", "of_result", "text"]
