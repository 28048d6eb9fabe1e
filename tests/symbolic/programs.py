"""Random functions without loops and calls, as text."""

from __future__ import annotations

from random import Random

HEAD = "(param i32 i32 i64 i64) (result {result}) (local i32 i64)"
_ARITHMETIC = ("add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor",
               "shl", "shr_s", "shr_u", "rotl", "rotr")  # fmt: skip
_COMPARING = ("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u")
_LOCALS = {"i32": (0, 1, 4), "i64": (2, 3, 5)}
_LOADS = {
    "i32": ("load", "load8_s", "load8_u", "load16_s", "load16_u"),
    "i64": ("load", "load8_s", "load16_u", "load32_s", "load32_u"),
}
_STORES = {"i32": ("store", "store8", "store16"), "i64": ("store", "store8", "store32")}
_CONSTANTS = (0, 1, -1, 2, 7, 8, 31, 32, 63, 255, 65535, 65536, -8, 0x7FFFFFFF, -0x80000000)


class Writer:
    """Writes one function after another, of one source of chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._labels = 0

    def function(self) -> str:
        result = self._chance.choice(("i32", "i64"))
        self._labels = 0
        statements = " ".join(self._statement(2) for _ in range(self._chance.randint(0, 4)))
        return f"{HEAD.format(result=result)} {statements} {self._value(result, 3)}"

    def _one(self, *choices: str) -> str:
        return self._chance.choice(choices)

    def _statement(self, depth: int) -> str:
        kind = self._one("i32", "i64")
        at = self._chance.choice(_LOCALS[kind])
        match self._chance.randrange(9 if depth else 4):
            case 0:
                return f"(local.set {at} {self._value(kind, depth)})"
            case 1:
                number = 0 if kind == "i32" else 1
                return f"(global.set {number} {self._value(kind, depth)})"
            case 2 | 3:
                store = self._one(*_STORES[kind])
                return f"({kind}.{store} {self._where(depth)} {self._value(kind, depth)})"
            case 4 | 5:
                then, other = self._statement(depth - 1), self._statement(depth - 1)
                otherwise = f"(else {other})" if self._chance.random() < 0.5 else ""
                return f"(if {self._value('i32', depth)} (then {then}) {otherwise})"
            case 6:
                inner = self._statement(depth - 1), self._statement(depth - 1)
                return f"(block {inner[0]} (br_if 0 {self._value('i32', depth)}) {inner[1]})"
            case 7:
                index = self._value("i32", depth)
                first, second = self._statement(depth - 1), self._statement(depth - 1)
                return (
                    f"(block (block (block (br_table 0 1 2 0 1 {index})) {first} (br 1)) {second})"
                )
            case _:
                trap = self._one("(unreachable)", "(nop)", "(return (unreachable))")
                return f"(if {self._value('i32', 1)} (then {trap}))"

    def _where(self, depth: int) -> str:
        """An address, mostly one that there is."""
        address = self._value("i32", depth)
        offset = self._chance.choice((0, 0, 4, 1000, 65530, 4294967295))
        if self._chance.random() < 0.8:
            address, offset = f"(i32.and {address} (i32.const 255))", min(offset, 1000)
        return f"offset={offset} {address}"

    def _value(self, kind: str, depth: int) -> str:
        if not depth or self._chance.random() < 0.15:
            if self._chance.random() < 0.6:
                return f"(local.get {self._chance.choice(_LOCALS[kind])})"
            return f"({kind}.const {self._chance.choice(_CONSTANTS)})"
        deeper = depth - 1
        match self._chance.randrange(10):
            case 0:
                return f"({kind}.{self._one(*_LOADS[kind])} {self._where(deeper)})"
            case 1:
                name = self._one("clz", "ctz", "popcnt", "extend8_s", "extend16_s")
                return f"({kind}.{name} {self._value(kind, deeper)})"
            case 2 if kind == "i32":
                name = self._one("i64.eqz", "i32.wrap_i64", *[f"i64.{each}" for each in _COMPARING])
                count = 1 if name in ("i64.eqz", "i32.wrap_i64") else 2
                taken = " ".join(self._value("i64", deeper) for _ in range(count))
                return f"({name} {taken})"
            case 2:
                return f"(i64.extend_i32_{self._one('s', 'u')} {self._value('i32', deeper)})"
            case 3:
                values = " ".join(self._value(kind, deeper) for _ in range(2))
                return f"(select {values} {self._value('i32', deeper)})"
            case 4:
                then, other = self._value(kind, deeper), self._value(kind, deeper)
                condition = self._value("i32", deeper)
                return f"(if (result {kind}) {condition} (then {then}) (else {other}))"
            case 5:
                return f"(global.get {0 if kind == 'i32' else 1})"
            case 6:
                brought, condition = self._value(kind, deeper), self._value("i32", deeper)
                dropped = f"(drop (br_if 0 {brought} {condition}))"
                return f"(block (result {kind}) {dropped} {self._value(kind, deeper)})"
            case 7:
                at = self._chance.choice(_LOCALS[kind])
                return f"(local.tee {at} {self._value(kind, deeper)})"
            case _:
                name = self._one(*_ARITHMETIC, *(_COMPARING if kind == "i32" else ()))
                values = " ".join(self._value(kind, deeper) for _ in range(2))
                return f"({kind}.{name} {values})"
