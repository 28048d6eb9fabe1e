"""How brotli changes a word of its dictionary before writing it (RFC 7932, 8 and appendix B)."""

from __future__ import annotations

# Prefix, change, suffix, by number. A change is = (none), ^ (first letter large), A (all large),
# <n or >n (without the first or last n bytes). Strings stand for their Latin-1 bytes.
_TRANSFORMS = (
    *(("", "=", ""), ("", "=", " "), (" ", "=", " "), ("", "<1", ""), ("", "^", " ")),
    *(("", "=", " the "), (" ", "=", ""), ("s ", "=", " "), ("", "=", " of "), ("", "^", "")),
    *(("", "=", " and "), ("", "<2", ""), ("", ">1", ""), (", ", "=", " "), ("", "=", ", ")),
    *((" ", "^", " "), ("", "=", " in "), ("", "=", " to "), ("e ", "=", " "), ("", "=", '"')),
    *(("", "=", "."), ("", "=", '">'), ("", "=", "\n"), ("", ">3", ""), ("", "=", "]")),
    *(("", "=", " for "), ("", "<3", ""), ("", ">2", ""), ("", "=", " a "), ("", "=", " that ")),
    *((" ", "^", ""), ("", "=", ". "), (".", "=", ""), (" ", "=", ", "), ("", "<4", "")),
    *(("", "=", " with "), ("", "=", "'"), ("", "=", " from "), ("", "=", " by ")),
    *(("", "<5", ""), ("", "<6", ""), (" the ", "=", ""), ("", ">4", ""), ("", "=", ". The ")),
    *(("", "A", ""), ("", "=", " on "), ("", "=", " as "), ("", "=", " is "), ("", ">7", "")),
    *(("", ">1", "ing "), ("", "=", "\n\t"), ("", "=", ":"), (" ", "=", ". "), ("", "=", "ed ")),
    *(("", "<9", ""), ("", "<7", ""), ("", ">6", ""), ("", "=", "("), ("", "^", ", ")),
    *(("", ">8", ""), ("", "=", " at "), ("", "=", "ly "), (" the ", "=", " of ")),
    *(("", ">5", ""), ("", ">9", ""), (" ", "^", ", "), ("", "^", '"'), (".", "=", "(")),
    *(("", "A", " "), ("", "^", '">'), ("", "=", '="'), (" ", "=", "."), (".com/", "=", "")),
    *((" the ", "=", " of the "), ("", "^", "'"), ("", "=", ". This "), ("", "=", ",")),
    *((".", "=", " "), ("", "^", "("), ("", "^", "."), ("", "=", " not "), (" ", "=", '="')),
    *(("", "=", "er "), (" ", "A", " "), ("", "=", "al "), (" ", "A", ""), ("", "=", "='")),
    *(("", "A", '"'), ("", "^", ". "), (" ", "=", "("), ("", "=", "ful "), (" ", "^", ". ")),
    *(("", "=", "ive "), ("", "=", "less "), ("", "A", "'"), ("", "=", "est "), (" ", "^", ".")),
    *(("", "A", '">'), (" ", "=", "='"), ("", "^", ","), ("", "=", "ize "), ("", "A", ".")),
    *(("\xc2\xa0", "=", ""), (" ", "=", ","), ("", "^", '="'), ("", "A", '="')),
    *(("", "=", "ous "), ("", "A", ", "), ("", "^", "='"), (" ", "^", ","), (" ", "A", '="')),
    *((" ", "A", ", "), ("", "A", ","), ("", "A", "("), ("", "A", ". "), (" ", "A", ".")),
    *(("", "A", "='"), (" ", "A", ". "), (" ", "^", '="'), (" ", "A", "='"), (" ", "^", "='")),
)
COUNT = len(_TRANSFORMS)


def transform(word: bytes, number: int) -> bytes:
    """The word as transform `number` (below COUNT) writes it."""
    prefix, change, suffix = _TRANSFORMS[number]
    match change[0]:
        case "<":
            word = word[int(change[1]) :]
        case ">":
            word = word[: -int(change[1])]
        case "^":
            word = _enlarged(word, 1)
        case "A":
            word = _enlarged(word, len(word))
    return prefix.encode("latin-1") + word + suffix.encode("latin-1")


def _enlarged(word: bytes, most: int) -> bytes:
    """The first `most` characters made large: by RFC 7932's own rule for UTF-8, not Unicode's."""
    letters = bytearray(word)
    at = 0
    while at < len(letters) and most > 0:
        most -= 1
        first = letters[at]
        if first < 0xC0:
            if ord("a") <= first <= ord("z"):
                letters[at] ^= 0x20
            at += 1
        elif first < 0xE0:
            if at + 1 < len(letters):
                letters[at + 1] ^= 0x20
            at += 2
        else:
            if at + 2 < len(letters):
                letters[at + 2] ^= 0x05
            at += 3
    return bytes(letters)
