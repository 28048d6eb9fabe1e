"""What the values of a smoke run may be alone, but not together with another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from wasmtrim.engine.steps import value_of
from wasmtrim.located_yaml import Way
from wasmtrim.profile.clash import Clash
from wasmtrim.profile.model import Profile
from wasmtrim.profile.smoke import ARG_KINDS, Arg, Case, Expect, Memory, Region, Step
from wasmtrim.wasm import type_texts
from wasmtrim.wasm.types import FuncType


def cases(profile: Profile) -> Iterator[tuple[Way, Case]]:
    """The cases, each with the way to it: one may stand alone."""
    for index, case in enumerate(profile.smoke):
        yield ("smoke", index) if len(profile.smoke) > 1 else ("smoke",), case


def clashes(profile: Profile) -> Iterator[Clash]:
    """Every contradiction in the smoke run."""
    yield from _names(profile)
    for way, case in cases(profile):
        yield from _ways_to_call(way, case)
        if case.expect:
            yield from _expect((*way, "expect"), case.expect)
        if case.call:
            called = case.call
            numbers = [Arg(number=value) for value in called.args]
            yield from _arguments((*way, "call"), called.export, numbers, profile)
        for index, step in enumerate(case.steps):
            yield from _step((*way, "steps", index), index, step, profile)


def paths(profile: Profile) -> Iterator[tuple[Way, PurePosixPath | None]]:
    """Every path that the smoke run names, with the way to it."""
    for way, case in cases(profile):
        yield (*way, "input"), case.input
        if case.expect:
            yield (*way, "expect", "picture"), case.expect.picture
            yield (*way, "expect", "bytes"), case.expect.bytes
        for index, step in enumerate(case.steps):
            for number, arg in enumerate(step.args):
                yield (*way, "steps", index, "args", number, "file"), arg.file


def _names(profile: Profile) -> Iterator[Clash]:
    seen: set[str] = set()
    for way, case in cases(profile):
        # Files are named by them, and on some systems letters of both cases are one.
        name = (case.name or "").casefold()
        if not name and len(profile.smoke) > 1:
            yield Clash((way,), "a case without a name", "each has a name where there are several")
        elif name in seen:
            yield Clash(((*way, "name"),), f"found {case.name!r} a second time", "each name once")
        elif name:
            seen.add(name)


def _ways_to_call(way: Way, case: Case) -> Iterator[Clash]:
    keys = [key for key in ("interface", "call", "steps") if getattr(case, key)]
    for key in keys[1:]:
        yield Clash(
            ((*way, keys[0]), (*way, key)),
            f"found with {'a call' if key == 'call' else key}",
            "the module is called in one way; keep one, null drops what was inherited",
        )
    if keys and case.exit:
        what = {"interface": "an interface", "call": "a call", "steps": "steps"}[keys[0]]
        yield Clash(
            ((*way, "exit"), (*way, keys[0])),
            f"found {case.exit} with {what}",
            "calls end with no exit status; leave it out",
        )
    if case.call and case.expect:
        yield Clash(
            ((*way, "expect"), (*way, "call")),
            "found with a call",
            "a call is judged by what it returns; keep one, null drops what was inherited",
        )
    if case.interface and case.input is None:
        yield Clash(
            ((*way, "interface"), (*way, "input")),
            "found without an input",
            "name the file that its calls give",
        )


def _expect(whole: Way, expect: Expect) -> Iterator[Clash]:
    kinds = [k for k in ("picture", "bytes", "text") if getattr(expect, k) is not None]
    if expect.json_ is not None:
        kinds.append("json")
    if not kinds:
        yield Clash((whole,), "nothing is expected", "one of picture, bytes, text and json")
    for kind in kinds[1:]:
        yield Clash(
            ((*whole, kind), (*whole, kinds[0])),
            f"found with {kinds[0]}",
            "one of picture, bytes, text and json; null drops what was inherited",
        )
    if expect.tolerance and "picture" not in kinds:
        yield Clash(
            ((*whole, "tolerance"), (*whole, "picture")),
            "found without a picture",
            "only pictures are compared with a tolerance",
        )


def _step(way: Way, index: int, step: Step, profile: Profile) -> Iterator[Clash]:
    for number, arg in enumerate(step.args):
        here = (*way, "args", number)
        if len(arg.given) != 1:
            found = f"found {' and '.join(arg.given)}" if arg.given else "it gives nothing"
            yield Clash((here,), found, f"one of {', '.join(ARG_KINDS[:-1])} and {ARG_KINDS[-1]}")
        if arg.step is not None and arg.step > index:
            yield Clash(((*here, "step"),), f"found {arg.step}", "a step before this one, from 1")
    yield from _arguments(way, step.call, step.args, profile)
    if step.memory:
        yield from _memory((*way, "memory"), step.memory)
    if step.output:
        yield from _region((*way, "output"), step.output, has_length=False)


def _memory(way: Way, memory: Memory) -> Iterator[Clash]:
    given = [kind for kind in ("text", "bytes") if getattr(memory, kind) is not None]
    if len(given) != 1:
        found = f"found {' and '.join(given)}" if given else "nothing is expected"
        yield Clash((way,), found, "one of text and bytes")
    yield from _region(way, memory, has_length=True)


def _region(way: Way, region: Region, *, has_length: bool) -> Iterator[Clash]:
    """Address and length are each told once; the length may follow from what is expected."""
    told = {
        "at": [region.at is not None, region.returned in ("address", "packed", "list")],
        "length": [region.length is not None, region.returned in ("length", "packed", "list")],
    }
    for key, (named, returned) in told.items():
        if named and returned:
            found = f"found with returned: {region.returned}, which tells it"
            yield Clash(((*way, key), (*way, "returned")), found, "one of the two")
        elif not named and not returned and not (key == "length" and has_length):
            what = "address" if key == "at" else "length"
            allowed = f"{key}, or returned: {what}, packed or list"
            yield Clash(((*way, key),), f"it has no {what}", allowed)


def _arguments(way: Way, export: str, args: object, profile: Profile) -> Iterator[Clash]:
    """Numbers are of the parameters' types, where the contract says them."""
    wanted = profile.contract.exports.get(export)
    kind = type_texts.parse(wanted) if wanted else None
    if not isinstance(kind, FuncType) or not isinstance(args, list | tuple):
        return
    at = 0
    for number, arg in enumerate(args):
        if arg.step is not None or at >= len(kind.params):
            return  # how many values it gives is not known yet; or the call tells of them
        if arg.number is None:
            at += 1 + arg.length
            continue
        if value_of(kind.params[at], arg.number) is None:
            yield Clash(
                ((*way, "args", number),),
                f"found {arg.number} for a parameter of type {kind.params[at]}",
                f"a value of that type, which contract.exports gives {export}",
            )
        at += 1
