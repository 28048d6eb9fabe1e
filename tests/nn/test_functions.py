"""The six functions: each type, each error, each bound, and pointers that lead anywhere."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tests.nn import models
from tests.nn.models import MEMORY, NUMBERS, OLD_NUMBERS, Guest, identity

from wasmtrim.nn.abi import FUNCTIONS

(
    SUCCESS,
    INVALID_ARGUMENT,
    INVALID_ENCODING,
    MISSING_MEMORY,
    BUSY,
    RUNTIME_ERROR,
    UNSUPPORTED_OPERATION,
    TOO_LARGE,
    NOT_FOUND,
) = range(9)
ONES = np.ones(3, np.float32)


@pytest.mark.parametrize("kind", NUMBERS)
def test_every_type_goes_in_and_comes_out_as_it_is(kind: str) -> None:
    guest = Guest().ready(identity(kind))
    given = np.array([0, 1, 2.5, 200], kind)
    assert guest.set_input(given) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert np.array_equal(guest.output(kind), given)


@pytest.mark.parametrize("kind", OLD_NUMBERS)
@pytest.mark.parametrize("abi", ["crate-0.5", "crate-0.1"])
def test_older_guests_have_other_numbers_of_types(abi: str, kind: str) -> None:
    guest = Guest(abi=abi).ready(identity(kind))
    given = np.array([1, 2], kind)
    assert guest.set_input(given, kind=OLD_NUMBERS[kind]) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert np.array_equal(guest.output(kind), given)


def test_the_oldest_guests_have_other_numbers_of_errors() -> None:
    functions = Guest(abi="crate-0.1").functions
    assert functions.call("compute", None, 0) == 2  # missing_memory
    guest = Guest(abi="crate-0.1", graphs=1).ready(identity())
    assert guest.load(identity()) == 3  # busy
    assert Guest(abi="crate-0.1").load_by_name("none") == 1  # it has no number for that


def test_handles_count_from_zero() -> None:
    guest = Guest()
    for number in range(2):
        assert guest.load(identity()) == SUCCESS
        assert guest.u32(64) == number
        assert guest.context(number) == SUCCESS
        assert guest.u32(68) == number


def test_outputs_and_inputs_have_their_places() -> None:
    kind = TensorProto.FLOAT
    data = models.model(
        [models.node("Add", "a b", "sum"), models.node("Sub", "a b", "rest")],
        [models.tensor("a", kind, [None]), models.tensor("b", kind, [None])],
        [models.tensor("rest", kind, [None]), models.tensor("sum", kind, [None])],
    )
    guest = Guest().ready(data)
    assert guest.set_input(4 * ONES, index=0) == SUCCESS
    assert guest.set_input(ONES, index=1) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert guest.output("<f4", 0).tolist() == [3, 3, 3]
    assert guest.output("<f4", 1).tolist() == [5, 5, 5]


def test_an_input_is_copied_as_it_is_at_the_call() -> None:
    guest = Guest().ready(identity())
    assert guest.set_input(ONES) == SUCCESS
    guest.memory[:] = bytes(MEMORY)
    assert guest.call("compute", 0) == SUCCESS
    assert guest.output("<f4").tolist() == [1, 1, 1]


def test_another_input_takes_back_the_output() -> None:
    guest = Guest().ready(identity())
    assert guest.set_input(ONES) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert guest.set_input(ONES) == SUCCESS
    assert guest.call("get_output", 0, 0, 8192, 64, 72) == RUNTIME_ERROR


def test_unknown_numbers_are_invalid() -> None:
    guest = Guest().ready(identity())
    guest.set_input(ONES)
    assert guest.load(identity(), encoding=6) == INVALID_ARGUMENT
    assert guest.load(identity(), target=3) == INVALID_ARGUMENT
    assert guest.context(1) == INVALID_ARGUMENT
    assert guest.call("compute", 1) == INVALID_ARGUMENT
    assert guest.set_input(ONES, context=1) == INVALID_ARGUMENT
    assert guest.set_input(ONES, index=1) == INVALID_ARGUMENT
    assert guest.call("get_output", 0, 1, 8192, 64, 72) == INVALID_ARGUMENT
    assert guest.set_input(ONES, kind=6) == INVALID_ARGUMENT


@pytest.mark.parametrize("encoding", [0, 2, 3, 4])
def test_other_encodings_are_not_taken(encoding: int) -> None:
    assert Guest().load(identity(), encoding=encoding) == INVALID_ENCODING


def test_the_encoding_may_be_found_out() -> None:
    assert Guest().load(identity(), encoding=5) == SUCCESS


@pytest.mark.parametrize("builders", [0, 2, 0xFFFF_FFFF])
def test_a_model_is_one_piece(builders: int) -> None:
    assert Guest().call("load", 0, builders, 1, 0, 64) == INVALID_ARGUMENT


def test_a_tensor_must_be_of_the_input() -> None:
    guest = Guest().ready(identity("float32", (2, None)))
    assert guest.set_input(np.ones((2, 5), np.float32)) == SUCCESS
    assert guest.set_input(np.ones((3, 5), np.float32)) == INVALID_ARGUMENT
    assert guest.set_input(np.ones(2, np.float32)) == INVALID_ARGUMENT
    assert guest.set_input(np.ones((2, 5), np.int32)) == INVALID_ARGUMENT


def test_dimensions_must_make_up_the_bytes() -> None:
    guest = Guest().ready(identity("float32", None))
    for dims, length in (([3], 8), ([0xFFFF_FFFF] * 64, 0), ([2, 2], 0), ([], 0), ([0] * 65, 0)):
        guest.put(512, np.array(dims, "<u4").tobytes())
        guest.put(0, struct.pack("<IIB3xII", 512, len(dims), 1, 1024, length))
        assert guest.call("set_input", 0, 0, 0) == INVALID_ARGUMENT, dims


@pytest.mark.parametrize("dims", [[0], [0, 7], [5, 0, 3]])
def test_a_tensor_may_be_empty(dims: list[int]) -> None:
    guest = Guest().ready(identity("float32", None))
    assert guest.set_input(np.ones(dims, np.float32)) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert guest.output("<f4").size == 0


def test_calls_out_of_order_fail() -> None:
    guest = Guest().ready(identity())
    assert guest.call("compute", 0) == RUNTIME_ERROR
    assert guest.call("get_output", 0, 0, 8192, 64, 72) == RUNTIME_ERROR


def test_a_buffer_that_is_too_small_gets_nothing() -> None:
    guest = Guest().ready(identity())
    guest.set_input(ONES)
    guest.call("compute", 0)
    assert guest.call("get_output", 0, 0, 8192, 11, 72) == TOO_LARGE
    assert not any(guest.memory[8192:8204])


def test_an_output_of_texts_is_no_tensor() -> None:
    data = models.model(
        [models.node("Cast", "x", "y", to=TensorProto.STRING)],
        [models.tensor("x", TensorProto.FLOAT, [None])],
        [models.tensor("y", TensorProto.STRING, [None])],
    )
    guest = Guest().ready(data)
    guest.set_input(ONES)
    assert guest.call("compute", 0) == SUCCESS
    assert guest.call("get_output", 0, 0, 8192, 4096, 72) == UNSUPPORTED_OPERATION


def test_a_model_that_cannot_go_on_is_an_error() -> None:
    data = models.model(
        [models.node("Reshape", "x to", "y")],
        [models.tensor("x", TensorProto.FLOAT, [None])],
        [models.tensor("y", TensorProto.FLOAT, None)],
        [helper.make_tensor("to", TensorProto.INT64, [1], [7])],
    )
    guest = Guest().ready(data)
    guest.set_input(ONES)
    assert guest.call("compute", 0) == RUNTIME_ERROR


def test_graphs_and_contexts_are_bounded() -> None:
    guest = Guest()
    assert [guest.load(identity()) for _ in range(4)] == [SUCCESS] * 3 + [BUSY]
    assert [guest.context() for _ in range(5)] == [SUCCESS] * 4 + [BUSY]


def test_bytes_are_bounded() -> None:
    guest = Guest(memory=40_000).ready(identity())
    inputs = np.ones(4_000, np.float32)
    assert guest.set_input(inputs) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert guest.set_input(inputs) == SUCCESS  # the tensors before are gone
    assert guest.context() == SUCCESS
    assert guest.set_input(inputs, context=1) == SUCCESS
    assert guest.call("compute", 0) == TOO_LARGE
    assert guest.load(b"\0" * 10_000) == TOO_LARGE


def test_a_computation_without_end_is_ended() -> None:
    guest = Guest(seconds=0.2).ready(models.endless())
    guest.set_input(ONES)
    assert guest.call("compute", 0) == RUNTIME_ERROR
    assert guest.load(identity()) == SUCCESS  # and the process goes on
    assert guest.context(1) == SUCCESS
    assert guest.set_input(ONES, context=1) == SUCCESS
    assert guest.call("compute", 1) == SUCCESS


def test_another_instance_has_none_of_it() -> None:
    guest = Guest().ready(identity())
    guest.functions.begin()
    assert guest.context() == INVALID_ARGUMENT


def test_without_a_memory_nothing_is_done() -> None:
    functions = Guest().functions
    for name, params in FUNCTIONS.items():
        assert functions.call(name, None, *[0] * params) == MISSING_MEMORY


# Addresses, lengths and handles that matter, and any other.
NUMBER = st.one_of(
    st.sampled_from([0, 1, 2, 64, 512, 1024, MEMORY - 4, MEMORY - 1, MEMORY, MEMORY + 1]),
    st.sampled_from([-1, -4, -20, 1 << 31, (1 << 32) - 1, (1 << 32) - 4]),
    st.integers(-(1 << 31), (1 << 32) - 1),
)
CALL = st.sampled_from(list(FUNCTIONS)).flatmap(
    lambda name: st.tuples(st.just(name), st.tuples(*[NUMBER] * FUNCTIONS[name]))
)


@settings(max_examples=300, deadline=None)
@given(calls=st.lists(CALL, min_size=1, max_size=8), seed=st.integers(0, 2**32 - 1))
def test_no_pointer_is_followed_out_of_the_memory(calls: list[Any], seed: int) -> None:
    guest = Guest().ready(identity())
    # Records in the memory hold such numbers as well.
    noise = np.random.default_rng(seed)
    words = noise.choice([0, 1, 4, 12, 1024, MEMORY - 8, MEMORY, 0xFFFF_FFFF], 128).astype("<u4")
    guest.put(0, words.tobytes())
    whole = bytearray(b"\xa5" * 64 + guest.memory + b"\xa5" * 64)
    memory = memoryview(whole)[64:-64]
    for name, values in calls:
        assert 0 <= guest.functions.call(name, memory, *values) <= NOT_FOUND
    assert whole[:64] == whole[-64:] == b"\xa5" * 64


@settings(max_examples=200, deadline=None)
@given(address=NUMBER, size=NUMBER)
def test_what_lies_beyond_the_memory_is_an_invalid_argument(address: int, size: int) -> None:
    guest = Guest().ready(identity())
    start, length = address & 0xFFFF_FFFF, size & 0xFFFF_FFFF
    if start + length <= MEMORY:
        return
    guest.put(0, struct.pack("<II", start, length))
    assert guest.call("load", 0, 1, 1, 0, 64) == INVALID_ARGUMENT
    assert guest.call("load_by_name", address, size, 64) == INVALID_ARGUMENT
    guest.put(0, struct.pack("<IIB3xII", 512, 1, 1, start, length))
    assert guest.call("set_input", 0, 0, 0) == INVALID_ARGUMENT
    assert guest.call("get_output", 0, 0, address, size, 72) == INVALID_ARGUMENT
