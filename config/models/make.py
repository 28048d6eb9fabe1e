"""Makes scale2x.onnx, which doubles a picture's width and height without a new colour.

The rule is Scale2x (Andrea Mazzoleni, scale2x.it): a pixel becomes four, and each of them takes the
colour of two neighbours where those are alike and no straight edge runs there. It stands here as a
graph of operators that compare, choose and move, so every backend gives the same bytes.
Needs the extra nn. Run: python make.py
"""

from pathlib import Path
from typing import Any

from onnx import TensorProto, checker, helper

OPSET, IR = 17, 8  # of 2022: whatever runs models today takes them
FAR = (1 << 31) - 1


def node(operator: str, inputs: str, output: str, **attributes: Any) -> Any:
    """One operator; the names of its inputs stand in one text."""
    return helper.make_node(operator, inputs.split(), [output], **attributes)


def numbers(name: str, *values: int) -> Any:
    """Numbers that operators take as an input."""
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


def model() -> bytes:
    """Return the model: u8 (1, height, width, 4) of RGBA to u8 (1, 2 height, 2 width, 4)."""
    given = [numbers("border", 0, 0, 1, 1, 0, 0, 1, 1), numbers("plane", 2, 3)]
    nodes = [
        node("Transpose", "frame", "planes", perm=[0, 3, 1, 2]),
        node("Cast", "planes", "centre", to=TensorProto.FLOAT),
        node("Pad", "centre border", "padded", mode="edge"),
    ]
    # A neighbour of all pixels at once: the padded picture without two rows or columns.
    for name, down, right in (("A", 0, 1), ("B", 1, 2), ("C", 1, 0), ("D", 2, 1)):
        given += [
            numbers(f"{name}_from", down, right),
            numbers(f"{name}_to", *(shift - 2 if shift < 2 else FAR for shift in (down, right))),
        ]
        nodes.append(node("Slice", f"padded {name}_from {name}_to plane", name))
    given.append(helper.make_tensor("none", TensorProto.FLOAT, [], [0.0]))
    for pair in ("AB", "AC", "BD", "CD"):
        nodes += [
            node("Sub", " ".join(pair), f"{pair}_by"),
            node("Abs", f"{pair}_by", f"{pair}_far"),
            node("ReduceMax", f"{pair}_far", f"{pair}_most", axes=[1]),
            node("Equal", f"{pair}_most none", f"{pair}_alike"),
            node("Not", f"{pair}_alike", f"{pair}_differ"),
        ]
    # Where the first pair is alike and both others differ, a corner has that pair's colour.
    corners = (("AC", "CD", "AB"), ("AB", "AC", "BD"), ("CD", "BD", "AC"), ("BD", "AB", "CD"))
    for number, (alike, *differ) in enumerate(corners):
        nodes += [
            node("And", f"{differ[0]}_differ {differ[1]}_differ", f"edge{number}"),
            node("And", f"{alike}_alike edge{number}", f"taken{number}"),
            node("Where", f"taken{number} {alike[0]} centre", f"corner{number}"),
        ]
    nodes += [
        node("Concat", " ".join(f"corner{number}" for number in range(4)), "corners", axis=1),
        node("DepthToSpace", "corners", "large", blocksize=2, mode="DCR"),
        node("Transpose", "large", "pixels", perm=[0, 2, 3, 1]),
        node("Cast", "pixels", "doubled", to=TensorProto.UINT8),
    ]
    graph = helper.make_graph(
        nodes,
        "scale2x",
        [helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, "height", "width", 4])],
        [helper.make_tensor_value_info("doubled", TensorProto.UINT8, [1, "rows", "columns", 4])],
        given,
    )
    opset = [helper.make_opsetid("", OPSET)]
    made = helper.make_model(graph, opset_imports=opset, ir_version=IR)
    checker.check_model(made, full_check=True)
    return bytes(made.SerializeToString(deterministic=True))


if __name__ == "__main__":
    Path(__file__).with_name("scale2x.onnx").write_bytes(model())
