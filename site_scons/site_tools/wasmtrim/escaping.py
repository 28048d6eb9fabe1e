"""Foreign text made fit to be shown: nothing in it steers a terminal or turns the writing."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""The text on one line: what is not printable as Python writes it, `\x1b` or `\u202e`.

    Line breaks and tabs are spaces.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t":
        return " "
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def excerpt(text: str, most: int = 300) -> str:
    """The beginning of a text on one line: at most `most` characters before they are escaped."""
    text = " ".join(text.split())
    return printable(text if len(text) <= most else f"{text[:most]}…")


def elided(text: str, most: int) -> str:
    """At most `most` characters of a text: of a longer one its beginning and its end."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"
