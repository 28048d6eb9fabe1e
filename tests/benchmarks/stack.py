"""How many calls deep a function comes, by each way to compile it."""

from __future__ import annotations

import wasmtime

from wasmtrim.engine.run import Way, make_engine

MOST_DEPTH = 1 << 17
VALUES = 60


def recursive(before: str, after: str, local: str = "") -> str:
    return f"""(module (memory 1) (func $again (export "again") (param i32) (result i32) {local}
      {before} (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0)) (else
      (call $again (i32.sub (local.get 0) (i32.const 1))) {after}))))"""


def product(number: int) -> str:
    odd = f"(i32.xor (local.get 0) (i32.const {7919 * number + 3}))"
    return f"(i32.rotl (i32.mul (local.get 0) {odd}) (i32.const {number % 31 + 1}))"


def kept() -> str:
    """Values that are used before and after the call, which an optimizer computes once."""
    total = "".join(f"{product(number)} (i32.add)" for number in range(VALUES))
    return recursive(f"(i32.store (i32.const 0) (i32.const 0) {total})", total)


def variables() -> str:
    """Variables that are set before the call and used after it."""
    numbers = range(1, VALUES + 1)
    before = "".join(f"(local.set {n} (i32.load offset={4 * n} (local.get 0)))" for n in numbers)
    after = "".join(f"(local.get {n}) (i32.add)" for n in numbers)
    return recursive(before, after, f"(local {'i32 ' * VALUES})")


FUNCTIONS = {
    "nothing kept": recursive("", "(i32.const 1) (i32.add)"),
    f"{VALUES} variables": variables(),
    f"{VALUES} values kept": kept(),
}


def depth(text: str, way: Way) -> int:
    engine = make_engine(1 << 20, way)
    module = wasmtime.Module(engine, text)
    low, high = 0, MOST_DEPTH
    while high - low > 1:
        middle = (low + high) // 2
        store = wasmtime.Store(engine)
        if way is not Way.HOST:
            store.set_fuel(1 << 40)
        again = wasmtime.Instance(store, module, []).exports(store)["again"]
        assert isinstance(again, wasmtime.Func)
        try:
            again(store, middle)
            low = middle
        except wasmtime.Trap:
            high = middle
    return low


def main() -> None:
    print(f"{'function':18}" + "".join(f"{way.name.lower():>10}" for way in Way))
    for name, text in FUNCTIONS.items():
        print(f"{name:18}" + "".join(f"{depth(text, way):10,}" for way in Way))


if __name__ == "__main__":
    main()
