"""WASI-NN: models that a guest loads and asks, by onnxruntime (extra: nn).

`functions` has the six functions over a guest's memory, and knows no engine; `backend` is all that
knows onnxruntime; `models` decides which bytes it ever sees.
"""
