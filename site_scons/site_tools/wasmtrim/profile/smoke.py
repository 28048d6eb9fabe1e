"""The smoke run: what a module is given, how it is called, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from wasmtrim.profile.map import List, Map
from wasmtrim.profile.values import (
    Address,
    Hex,
    InterfaceName,
    Name,
    Number,
    ProjectPath,
    VariableName,
)

MOST_EXIT = 125  # proc_exit of wasmtime traps for what is over it
MOST_TEXT = 4_096

ExportName: TypeAlias = Annotated[str, Field(max_length=1000)]
ShortText: TypeAlias = Annotated[str, Field(max_length=MOST_TEXT)]


class Expect(Map):
    """What the output must hold; exactly one of the kinds."""

    picture: ProjectPath | None = None
    """A picture, animated or not, in a format that Pillow reads."""
    tolerance: Annotated[int, Field(ge=0, le=255)] = 0
    """Largest difference of a channel of a pixel, with `picture`."""
    bytes: ProjectPath | None = None
    """A file with the exact bytes."""
    text: str | None = None
    """The exact text, in UTF-8."""
    json_: JsonValue = Field(default=None, alias="json")
    """A JSON value; white space and the order of keys are free."""

    @property
    def kind(self) -> Literal["picture", "bytes", "text", "json"]:
        """Which of the four is expected."""
        if self.picture is not None:
            return "picture"
        if self.bytes is not None:
            return "bytes"
        return "text" if self.text is not None else "json"


class Call(Map):
    """A call of an export, in place of a run of `_start`."""

    export: ExportName
    """The function's name."""
    args: List[Number] = ()
    """Its arguments: whole numbers or floats, by the function's type."""
    returns: List[Number] = ()
    """What it must return."""


ARG_KINDS = ("number", "step", "text", "bytes", "file")  # what an Arg gives, by its keys


class Arg(Map):
    """What a step gives: a number, what an earlier step returned, or bytes in the memory."""

    number: Number | None = None
    """A number; it may stand alone, in place of the map."""
    step: Annotated[int, Field(ge=1, le=1000)] | None = None
    """What the step of that number returned; the first step is 1."""
    text: ShortText | None = None
    """Text in UTF-8: its address and length are two arguments."""
    bytes: Hex | None = None
    """The same of bytes, in hexadecimal."""
    file: ProjectPath | None = None
    """The same of a file."""
    at: Address | None = None
    """Where bytes go: an address, or the export that gives it; null: `cabi_realloc` or `malloc`."""
    length: bool = True
    """False: the length of the bytes is not an argument."""

    @property
    def given(self) -> list[str]:
        """Which of the kinds are there."""
        return [kind for kind in ARG_KINDS if getattr(self, kind) is not None]

    @model_validator(mode="before")
    @classmethod
    def _number_alone(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Arg) else {"number": value}

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> Any:
        return self.number if self.given == ["number"] else handler(self)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        whole = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [{"type": "number", "errorMessage": "a number"}, whole]}


class Region(Map):
    """Where bytes lie after a step: at an address, or as the function's return value says."""

    at: Address | None = None
    """Their address: a number, or the export that gives it."""
    length: Address | None = None
    """How many they are: a number, or the export that gives it."""
    returned: Literal["address", "length", "packed", "list"] | None = None
    """What the function returned: their address, length, both in an i64, or where both lie."""


class Memory(Region):
    """Bytes that must lie in the memory after a step."""

    text: ShortText | None = None
    """The exact text, in UTF-8."""
    bytes: Hex | None = None
    """The exact bytes, in hexadecimal."""

    @property
    def wanted(self) -> Any:
        """The bytes."""
        return (self.text or "").encode() if self.bytes is None else bytes_of(self.bytes)


class Step(Map):
    """A call of an export, what it must return, and the bytes that it leaves."""

    call: ExportName
    """The function's name."""
    args: List[Arg] = ()
    """Its arguments: numbers, what earlier steps returned, or bytes."""
    returns: List[Number] | None = None
    """What it must return; null: it is not judged."""
    memory: Memory | None = None
    """What must lie in the memory afterwards."""
    output: Region | None = None
    """Bytes that are output, which `expect` judges, in place of what the module prints."""


class Case(Map):
    """A run of the module: what it is given, how it is called, what must come of it."""

    name: Name | None = None
    """The case's name in checks and reports; needed where there are several."""
    input: ProjectPath | None = None
    """The file that the module reads from stdin; null is an empty one."""
    args: List[ShortText] = ()
    """The arguments after the program's name, which is that of the source folder or module."""
    env: dict[VariableName, ShortText] = Field(
        default={}, json_schema_extra={"additionalProperties": False}
    )
    """The environment variables."""
    interface: InterfaceName | None = None
    """The interface whose calls give `input` and take the output, in place of stdin and stdout."""
    call: Call | None = None
    """A call of an export, in place of a run of `_start`."""
    steps: List[Step] = ()
    """Calls of exports, one after the other, in place of a run of `_start`."""
    exit: Annotated[int, Field(ge=0, le=MOST_EXIT)] = 0
    """The exit status that the run must end with."""
    expect: Expect | None = None
    """What the output must be; null checks the exit status only."""
    random: bool = False
    """True: the output may depend on the clock or on random numbers; else that is a fault."""

    @property
    def files(self) -> list[PurePosixPath]:
        """The files that the module is given, from the project's root."""
        given = [self.input, *(arg.file for step in self.steps for arg in step.args)]
        return [path for path in given if path is not None]

    @property
    def folder(self) -> str:
        """Where its run's files lie, beside those of other cases; "" for one without a name."""
        return f"case-{self.name}" if self.name else ""

    def titled(self, check: str) -> str:
        """A check's name: with several cases each says whose it is."""
        return f"{self.name}: {check}" if self.name else check


def bytes_of(text: str) -> bytes:
    """The bytes that a text in hexadecimal means."""
    return bytes.fromhex(text)


def _listed(value: Any) -> Any:
    """One case may stand alone."""
    if value is None:
        return ()
    return (value,) if isinstance(value, dict | Case) else value


def _as_written(value: Any, handler: Callable[[Any], Any]) -> Any:
    cases = handler(value)
    return cases[0] if len(cases) == 1 else cases or None


class _OneOrSeveral:
    """The JSON schema of cases as a file has them."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(core)
        return {"anyOf": [several["items"], several, {"type": "null"}]}


Cases: TypeAlias = Annotated[
    List[Case], BeforeValidator(_listed), WrapSerializer(_as_written), _OneOrSeveral()
]
