"""Which bytes are a model, and which models have a name: what would reach the host is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import onnx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tests.nn import models
from tests.nn.models import Guest, identity
from tests.nn.test_functions import (
    INVALID_ENCODING,
    NOT_FOUND,
    ONES,
    RUNTIME_ERROR,
    SUCCESS,
    TOO_LARGE,
    UNSUPPORTED_OPERATION,
)

FLOAT = TensorProto.FLOAT


def external(location: str, name: str = "secret") -> Any:
    """A tensor whose bytes are those of a file of the host."""
    tensor = TensorProto(name=name, data_type=TensorProto.UINT8, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def giving(tensor: Any) -> bytes:
    """A model that would give the tensor's bytes to its guest."""
    return models.model(
        [models.node("Identity", "secret", "y")],
        [models.tensor("x", FLOAT, [None])],
        [models.tensor("y", TensorProto.UINT8, [4])],
        [tensor],
    )


def constant(tensor: Any) -> Any:
    return models.node("Constant", "", "secret", value=tensor)


def by_initializer() -> bytes:
    return giving(external("passwd"))


def by_constant() -> bytes:
    return models.model(
        [constant(external("passwd")), models.node("Identity", "secret", "y")],
        [],
        [models.tensor("y", TensorProto.UINT8, [4])],
    )


def in_a_branch() -> bytes:
    branch = helper.make_graph(
        [constant(external("passwd"))], "branch", [], [models.tensor("secret", 2, [4])]
    )
    return models.model(
        [models.node("If", "x", "y", then_branch=branch, else_branch=branch)],
        [models.tensor("x", TensorProto.BOOL, [])],
        [models.tensor("y", TensorProto.UINT8, [4])],
    )


def in_a_function() -> bytes:
    function = helper.make_function(
        "own", "Read", [], ["secret"], [constant(external("passwd"))], [helper.make_opsetid("", 17)]
    )
    return models.model(
        [helper.make_node("Read", [], ["y"], domain="own")],
        [],
        [models.tensor("y", TensorProto.UINT8, [4])],
        functions=[function],
        domains=["own"],
    )


def of_a_list() -> bytes:
    node = models.node("Identity", "x", "y")
    attribute = node.attribute.add(name="spare", type=onnx.AttributeProto.TENSORS)
    attribute.tensors.append(external("passwd"))
    return models.model([node], [models.tensor("x", FLOAT, [1])], [models.tensor("y", FLOAT, [1])])


def sparse() -> bytes:
    made = onnx.ModelProto.FromString(identity())
    made.graph.sparse_initializer.add(values=external("passwd"), dims=[9])
    return bytes(made.SerializeToString())


def for_training() -> bytes:
    made = onnx.ModelProto.FromString(identity())
    made.training_info.add().algorithm.initializer.append(external("passwd"))
    return bytes(made.SerializeToString())


def without_the_mark() -> bytes:
    tensor = external("passwd")
    tensor.ClearField("data_location")
    return giving(tensor)


def at_an_address() -> bytes:
    """onnxruntime's own mark of a tensor that lies in the process's memory."""
    tensor = external("*/_ORT_MEM_ADDR_/*")
    tensor.external_data.add(key="offset", value="4096")
    tensor.external_data.add(key="length", value="4")
    return giving(tensor)


@pytest.mark.parametrize(
    "make",
    [
        by_initializer,
        by_constant,
        in_a_branch,
        in_a_function,
        of_a_list,
        sparse,
        for_training,
        without_the_mark,
        at_an_address,
    ],
)
def test_no_model_reads_a_file_of_the_host(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "passwd").write_bytes(b"root")
    assert Guest().load(make()) == UNSUPPORTED_OPERATION


@pytest.mark.parametrize("location", ["/etc/passwd", "../passwd", "./passwd", "a/../../x", ""])
def test_wherever_the_file_lies(location: str) -> None:
    assert Guest().load(giving(external(location))) == UNSUPPORTED_OPERATION


@pytest.mark.parametrize(
    ("domain", "operator"),
    [
        ("com.microsoft", "EPContext"),  # reads a file that it names
        ("com.microsoft", "Gelu"),
        ("com.microsoft.extensions", "AzureOpenAI"),  # asks a server
        ("ai.onnx.contrib", "PyOp"),
        ("ai.onnx.preview.training", "Adam"),
        ("else", "Where"),
    ],
)
def test_operators_are_those_of_the_specification(domain: str, operator: str) -> None:
    data = models.model(
        [helper.make_node(operator, ["x"], ["y"], domain=domain)],
        [models.tensor("x", FLOAT, [None])],
        [models.tensor("y", FLOAT, None)],
        domains=[domain],
    )
    assert Guest().load(data) == UNSUPPORTED_OPERATION


def test_a_function_of_the_model_may_not_have_the_name_of_the_runtimes() -> None:
    function = helper.make_function(
        "com.microsoft",
        "EPContext",
        ["a"],
        ["b"],
        [models.node("Identity", "a", "b")],
        [helper.make_opsetid("", 17)],
    )
    data = models.model(
        [helper.make_node("EPContext", ["x"], ["y"], domain="com.microsoft")],
        [models.tensor("x", FLOAT, [None])],
        [models.tensor("y", FLOAT, None)],
        functions=[function],
        domains=["com.microsoft"],
    )
    assert Guest().load(data) == UNSUPPORTED_OPERATION


def test_a_model_may_have_functions_of_its_own() -> None:
    function = helper.make_function(
        "own",
        "Twice",
        ["a"],
        ["b"],
        [models.node("Add", "a a", "b")],
        [helper.make_opsetid("", 17)],
    )
    data = models.model(
        [helper.make_node("Twice", ["x"], ["y"], domain="own")],
        [models.tensor("x", FLOAT, [None])],
        [models.tensor("y", FLOAT, None)],
        functions=[function],
        domains=["own"],
    )
    guest = Guest().ready(data)
    assert guest.set_input(ONES) == SUCCESS
    assert guest.call("compute", 0) == SUCCESS
    assert guest.output("<f4").tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"no model", b"\x18\0\0\0ORTM" + bytes(64), b"\x08\x08", b"\x0a" * 200]
)
def test_what_is_no_model_is_not_taken(data: bytes) -> None:
    assert Guest().load(data) == INVALID_ENCODING


def test_dimensions_that_no_bytes_stand_behind_are_an_error() -> None:
    tensor = TensorProto(name="secret", data_type=TensorProto.UINT8, dims=[1 << 40, 1 << 20])
    tensor.raw_data = b"four"
    assert Guest().load(giving(tensor)) == RUNTIME_ERROR


def test_a_model_in_a_thousand_layers_is_no_model() -> None:
    graph = onnx.ModelProto.FromString(identity()).graph.SerializeToString()
    for _ in range(1_000):  # a graph in an attribute of a node of a graph
        graph = field(1, field(5, field(6, graph)))
    assert Guest().load(b"\x08\x08" + field(7, graph)) == INVALID_ENCODING


def field(number: int, content: bytes) -> bytes:
    """A field of bytes in protobuf."""
    size, head = len(content), bytearray([number << 3 | 2])
    while size > 127:
        head.append(size & 127 | 128)
        size >>= 7
    return bytes([*head, size]) + content


def test_a_model_of_too_many_parts_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasmtrim.nn.models.MOST_PARTS", 10)
    assert Guest().load(identity()) == TOO_LARGE


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 10_000))
@example(at=0, value=0, cut=0)
def test_no_fault_in_a_models_bytes_ends_the_host(at: int, value: int, cut: int) -> None:
    data = bytearray(in_a_function() if at % 2 else identity())
    data[at % len(data)] = value
    del data[len(data) - cut % 8 :]
    guest = Guest()
    if guest.load(bytes(data)) == SUCCESS and guest.context() == SUCCESS:
        guest.set_input(ONES)
        guest.call("compute", 0)


# Names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model, and one beside it."""
    made = tmp_path / "models"
    made.mkdir()
    (made / "same.onnx").write_bytes(identity())
    (tmp_path / "other.onnx").write_bytes(identity())
    return made


def test_a_model_has_the_name_of_its_file(folder: Path) -> None:
    guest = Guest(models=str(folder))
    assert guest.load_by_name("same") == SUCCESS
    assert guest.context() == SUCCESS
    assert guest.set_input(ONES) == SUCCESS


@pytest.mark.parametrize(
    "name",
    ["other", "../other", "same.onnx", "", ".", "..", "/etc/passwd", "same\0", "Ä", "a" * 200],
)
@pytest.mark.parametrize("exact", [True, False])
def test_other_names_are_not_found(folder: Path, name: str, exact: bool) -> None:
    assert Guest(models=str(folder), exact=exact).load_by_name(name) == NOT_FOUND


def test_without_a_folder_no_name_is_found() -> None:
    assert Guest().load_by_name("same") == NOT_FOUND


def test_a_name_that_is_no_text_is_not_found(folder: Path) -> None:
    guest = Guest(models=str(folder))
    guest.put(1024, b"\xff\xfe")
    assert guest.call("load_by_name", 1024, 2, 64) == NOT_FOUND


def test_no_link_leaves_the_folder(folder: Path) -> None:
    (folder / "out.onnx").symlink_to(folder.parent / "other.onnx")
    (folder / "within.onnx").symlink_to(folder / "same.onnx")
    (folder / "loop.onnx").symlink_to(folder / "loop.onnx")
    guest = Guest(models=str(folder))
    assert guest.load_by_name("out") == NOT_FOUND
    assert guest.load_by_name("loop") == NOT_FOUND
    assert guest.load_by_name("within") == SUCCESS


def test_a_file_that_is_none_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.onnx")
    (folder / "folder.onnx").mkdir()
    guest = Guest(models=str(folder))
    assert guest.load_by_name("pipe") == NOT_FOUND
    assert guest.load_by_name("folder") == NOT_FOUND


def test_a_named_model_is_no_larger_than_others(folder: Path) -> None:
    os.truncate(folder / "same.onnx", 1 << 40)  # it has holes, and costs nothing
    assert Guest(models=str(folder)).load_by_name("same") == TOO_LARGE


def test_a_named_model_is_judged_as_others(folder: Path) -> None:
    (folder / "same.onnx").write_bytes(by_initializer())
    assert Guest(models=str(folder)).load_by_name("same") == UNSUPPORTED_OPERATION


def test_where_speed_counts_a_model_stays_until_its_file_is_another(folder: Path) -> None:
    guest = Guest(models=str(folder), exact=False)
    assert guest.load_by_name("same") == SUCCESS
    guest.functions.begin()
    assert guest.load_by_name("same") == SUCCESS
    again = guest.functions.graphs[0]
    guest.functions.begin()
    assert guest.load_by_name("same") == SUCCESS
    assert guest.functions.graphs[0] is again
    (folder / "same.onnx").write_bytes(identity("int32"))
    guest.functions.begin()
    assert guest.load_by_name("same") == SUCCESS
    assert guest.functions.graphs[0].inputs[0].type == "<i4"
