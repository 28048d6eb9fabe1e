"""The single values of a profile that are more than a number or a name: each a type of its own.

The words for what is allowed stand in the JSON schema as `errorMessage`: editors show them, and so
do our own messages. A validator says by `refused` that a value is none of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Field, InstanceOf, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from wasmtrim.engine.interfaces import INTERFACES
from wasmtrim.profile import passes, units
from wasmtrim.profile.inherit import NAME, NAME_ALLOWED
from wasmtrim.wasm import type_texts
from wasmtrim.wasm.features import FEATURES


def refused(found: str = "", allowed: str = "") -> PydanticCustomError:
    """An error in words of its own; without them the value and its schema's words are shown."""
    return PydanticCustomError("refused", "refused", {"found": found, "allowed": allowed})


def _type(check: Callable[[Any], Any], **schema: Any) -> tuple[BeforeValidator, WithJsonSchema]:
    return BeforeValidator(check), WithJsonSchema(schema)


# Texts of a form


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise refused()
    return value


def _form(pattern: str, allowed: str) -> tuple[BeforeValidator, WithJsonSchema]:
    form = re.compile(pattern, re.ASCII)

    def check(value: Any) -> str:
        text = _text(value)
        if not form.fullmatch(text):
            raise refused()
        return text

    return _type(check, type="string", pattern=f"^(?:{pattern})$", errorMessage=allowed)


_TOKEN = r"[A-Za-z0-9._+-]{1,100}"
_MEDIA_TYPE = rf"{_TOKEN}/{_TOKEN}(?:; ?charset={_TOKEN})?"
_KEBAB = r"[A-Za-z0-9-]{1,100}"
_WORLD = rf"(?:{_KEBAB}(?::{_KEBAB})+/)?{_KEBAB}(?:@[0-9A-Za-z.+-]{{1,100}})?"
_TAG = r"[A-Za-z0-9_.]{1,100}"
_SECTION = r"[!-,.-~][!-~]{0,99}"  # no leading -, which wasm-strip would take for an option
IMPORT_FORM: Final = r"[^*]{1,500}\.[^*]{1,500}|[^*]{0,500}\*"

Name: TypeAlias = Annotated[str, *_form(NAME.pattern, NAME_ALLOWED)]
WorldName: TypeAlias = Annotated[
    str, *_form(_WORLD, "a world's name, as generator or wasi:cli/command@0.2.6")
]
MediaType: TypeAlias = Annotated[
    str, *_form(_MEDIA_TYPE, "a media type such as image/gif or text/plain; charset=utf-8")
]
Provider: TypeAlias = Annotated[
    str, *_form(r"[A-Za-z0-9]{1,80}ExecutionProvider", "a provider's name: CUDAExecutionProvider")
]
BuildTag: TypeAlias = Annotated[str, *_form(_TAG, "a build tag: letters, digits, _ and .")]
Experiment: TypeAlias = Annotated[
    str, *_form(r"[a-z0-9]{1,50}", "an experiment's name: small letters and digits, such as simd")
]
LinkName: TypeAlias = Annotated[
    str,
    *_form(
        r"[A-Za-z0-9._~/+-]{1,500}\.[A-Za-z_][A-Za-z0-9_]{0,99}",
        "a package's path, a dot and a variable's name, such as main.version",
    ),
]
SectionName: TypeAlias = Annotated[str, *_form(_SECTION, "a custom section's name, no spaces")]
ImportName: TypeAlias = Annotated[
    str, *_form(IMPORT_FORM, "module.name; a * at the end stands for the rest")
]
ExportPattern: TypeAlias = Annotated[
    str, *_form(r"[^*]{0,1000}\*?", "an export's name; a * at the end stands for the rest")
]


# Names of a known list


def _one_of(names: Sequence[str]) -> tuple[BeforeValidator, WithJsonSchema]:
    known = frozenset(names)

    def check(value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # `level: 3` needs no quotes
        if not isinstance(value, str) or value not in known:
            raise refused()
        return value

    digits = [int(name) for name in names if name.isdecimal()]
    return _type(check, enum=[*names, *digits])


_PASS = "an option of wasm-opt that optimizes, as `wasmtrim profile --schema` lists them"


def _pass(value: Any) -> str:
    if not isinstance(value, str) or not passes.is_allowed(value):
        raise refused()
    return value


InterfaceName: TypeAlias = Annotated[str, *_one_of(tuple(INTERFACES))]
Feature: TypeAlias = Annotated[str, *_one_of(tuple(FEATURES))]
Level: TypeAlias = Annotated[str, *_one_of(passes.LEVELS)]
TinyGoOpt: TypeAlias = Annotated[str, *_one_of(("none", "0", "1", "2", "s", "z"))]
Pass: TypeAlias = Annotated[
    str, *_type(_pass, type="string", examples=list(passes.KNOWN), errorMessage=_PASS)
]


# Sizes, counts, times


def _measure(parse: Callable[[str], int]) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= units.LARGEST:
            return value
        try:
            return parse(_text(value))
        except ValueError:
            raise refused() from None

    return check


def _measured(parse: Callable[[str], int], form: str, allowed: str) -> Any:
    return _type(
        _measure(parse),
        type=["integer", "string"],
        minimum=0,
        maximum=units.LARGEST,
        pattern=f"^(?:{form})$",
        errorMessage=allowed,
    )


_AMOUNT = "a size such as 2 KiB, or a count such as 11 M"


def _parse_amount(text: str) -> int:
    try:
        return units.parse_size(text)
    except ValueError:
        return units.parse_count(text)


Size: TypeAlias = Annotated[int, *_measured(units.parse_size, units.SIZE_FORM, units.SIZE)]
Count: TypeAlias = Annotated[int, *_measured(units.parse_count, units.COUNT_FORM, units.COUNT)]
Seconds: TypeAlias = Annotated[int, Field(ge=1, le=86_400)]
Amount: TypeAlias = Annotated[
    int, *_measured(_parse_amount, f"{units.SIZE_FORM}|{units.COUNT_FORM}", _AMOUNT)
]


_LEAST_NUMBER, _MOST_NUMBER = -(1 << 63), (1 << 64) - 1  # of an i64, signed or not


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused()
    if isinstance(value, int) and not _LEAST_NUMBER <= value <= _MOST_NUMBER:
        raise refused()
    return value


Number: TypeAlias = Annotated[
    int | float,
    *_type(_number, type="number", errorMessage="a number; whole ones have at most 64 bits"),
]

# What a module is given and called by

_MOST_ADDRESS = (1 << 32) - 1
_ADDRESS = "a whole number, or an export's name"
_HEX = "bytes in hexadecimal as a quoted text, such as '00 ff'"
_VARIABLE = "the name of an environment variable: letters, digits and _, no digit first"


def _address(value: Any) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_ADDRESS:
        return value
    text = _text(value)
    if not 1 <= len(text) <= 1000:
        raise refused()
    return text


Address: TypeAlias = Annotated[
    int | str,
    *_type(
        _address,
        type=["integer", "string"],
        minimum=0,
        maximum=_MOST_ADDRESS,
        minLength=1,
        maxLength=1000,
        errorMessage=_ADDRESS,
    ),
]
Hex: TypeAlias = Annotated[str, *_form(r"([0-9A-Fa-f]{2} ?){0,4096}", _HEX)]
VariableName: TypeAlias = Annotated[str, *_form(r"[A-Za-z_][A-Za-z0-9_]{0,99}", _VARIABLE)]

# Paths, types, dates, scopes

_PATH = "a path within the project, relative to its root, with / between its parts"


def _path(value: Any) -> PurePosixPath:
    text = _text(value)
    path = PurePosixPath(text)
    if path.is_absolute():
        raise refused(f"{text!r} is absolute")
    if ".." in path.parts:
        raise refused(f"{text!r} leaves the project")
    # `#` and `$` mean something to SCons in a path, a leading - to every program
    if path == PurePosixPath() or len(text) > 1000 or text[0] in "~#-" or set(text) & set("\\$"):
        raise refused()
    return path


def _extern_type(value: Any) -> str:
    text = _text(value)
    try:
        return str(type_texts.parse(text))
    except ValueError as error:
        raise refused(str(error).partition("; ")[0]) from None


_EXTERN = (
    "a type such as func(i32) -> i64, memory, memory(1..16 pages) or global(mut i32), or any;"
    " null drops what was inherited"
)
_DATE = "a day, as 2026-12-31"


def _date(value: Any) -> date:
    text = _text(value)
    try:
        if len(text) == len("2026-12-31"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise refused()


ProjectPath: TypeAlias = Annotated[
    InstanceOf[PurePosixPath],
    *_type(_path, type="string", minLength=1, maxLength=1000, errorMessage=_PATH),
    PlainSerializer(str),
]
ExternTypeText: TypeAlias = Annotated[
    str, *_type(_extern_type, type=["string", "null"], errorMessage=_EXTERN)
]
Day: TypeAlias = Annotated[
    InstanceOf[date], *_type(_date, type="string", format="date", errorMessage=_DATE)
]


def _function(value: Any) -> str:
    text = _text(value)
    if not text or len(text) > 1000 or not text.isprintable():
        raise refused()
    return text


_LINK_TEXT = "a text of one line, without double quotes beside single ones"  # as -ldflags needs it


def _link_text(value: Any) -> str:
    text = _text(value)
    if len(text) > 4096 or not text.isprintable() or {"'", '"'} <= set(text):
        raise refused()
    return text


LinkText: TypeAlias = Annotated[
    str, *_type(_link_text, type="string", maxLength=4096, errorMessage=_LINK_TEXT)
]
FunctionText: TypeAlias = Annotated[
    str,
    *_type(
        _function,
        type="string",
        minLength=1,
        maxLength=1000,
        errorMessage="a function's name, in which * stands for any text",
    ),
]

StageName: TypeAlias = Literal[
    "compile",
    "snip",
    "prune",
    "strip",
    "positions",
    "optimize",
    "layout",
    "embed",
    "componentize",
    "trim",
]
STAGES: Final[tuple[StageName, ...]] = get_args(StageName)
COMPONENT_STAGES: Final[tuple[StageName, ...]] = ("embed", "componentize", "trim")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a budget or a waiver is about: `name` is that of the stage, package and so on."""

    kind: str  # artifact | stage | package | function | section | unknown
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.name else self.kind


_SCOPE = (
    rf"artifact|unknown|stage (?:{'|'.join(STAGES)})|(?:package|section) [!-~]{{1,300}}"
    r"|function [!-~](?:[ -~]{0,298}[!-~])?"
)
_SCOPE_ALLOWED = "artifact, stage NAME, package NAME, function NAME, section NAME or unknown"


def _scope(value: Any) -> Scope:
    text = _text(value)
    if not re.fullmatch(_SCOPE, text, re.ASCII):
        raise refused()
    kind, _, name = text.partition(" ")
    return Scope(kind, name)


ScopeText: TypeAlias = Annotated[
    InstanceOf[Scope],
    *_type(_scope, type="string", pattern=f"^(?:{_SCOPE})$", errorMessage=_SCOPE_ALLOWED),
    PlainSerializer(str),
]
