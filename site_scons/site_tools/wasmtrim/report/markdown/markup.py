"""Markdown as GitHub and GitLab read it: foreign text, tables, parts that are folded.

Foreign text stands in code spans: nothing in it is markup, a mention or a link there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

from wasmtrim.escaping import printable
from wasmtrim.report import formatting
from wasmtrim.report.model import Verdict
from wasmtrim.wording import plural

MOST_BYTES: Final = 65_000  # GitHub refuses a comment of more than 65,536 characters
MARKS: Final = {Verdict.PASSED: "✅", Verdict.FAILED: "❌", Verdict.NOT_BUILT: "❌"}
_LONGEST: Final = 600  # characters of a detail
_LEFT_OUT: Final = "\n_Left out here, as it would be too long for a comment; index.html has it._\n"


def fitted(parts: Sequence[str], folded: Sequence[str]) -> str:
    """Put the parts together, and of the folded ones as many as fit into MOST_BYTES.

    The folded parts are folded once more, all together.
    """
    whole = "".join(part for part in parts if part)
    opening, closing = "\n<details><summary>notes and details</summary>\n", "\n</details>\n"
    room = MOST_BYTES - len((_LEFT_OUT + opening + closing).encode())
    left_out = ""
    inner = ""
    used = len(whole.encode())
    for part in folded:
        size = len(part.encode())
        if used + size <= room:
            inner += part
            used += size
        else:
            left_out = _LEFT_OUT
    if inner:
        whole += opening + inner + closing
    elif len(whole.encode()) > room:
        lines = whole.encode()[:room].decode(errors="ignore").rsplit("\n", 1)
        whole, left_out = f"{lines[0]}\n", _LEFT_OUT
    return whole + left_out


def code(text: str) -> str:
    """Foreign text as a code span, in which nothing is markup; fit for a cell of a table."""
    text = formatting.shortened(printable(text), _LONGEST)
    if text.strip() == text and text and not re.search(r"[`|\\]", text):
        return f"`{text}`"
    return tagged(text)


def tagged(text: str) -> str:
    """A code span as HTML: within HTML, and for what a span of backticks can't hold."""
    return f"<code>{escaped(text)}</code>"


def escaped(text: str) -> str:
    """Foreign text as plain HTML: what Markdown would read as markup is a character reference."""
    return re.sub(r"[`|\\*_\[\]~:@#]", lambda found: f"&#{ord(found[0])};", html.escape(text))


def table(head: str, lines: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    """A table: `head` has its headings between ` | `; columns after `text_columns` are numbers."""
    columns = head.split(" | ")
    rules = ["---"] * text_columns + ["---:"] * (len(columns) - text_columns)
    rows = [f"| {' | '.join(cells)} |" for cells in (columns, rules, *lines)]
    return "\n".join(rows) + "\n"


def details(summary: str, content: str) -> str:
    """A part that is folded below its summary."""
    return f"\n<details><summary>{summary}</summary>\n\n{content}\n</details>\n"


def counted_notes(lines: Sequence[str]) -> str:
    """Lines of a list as a folded part."""
    return details(plural(len(lines), "note"), "".join(lines))
