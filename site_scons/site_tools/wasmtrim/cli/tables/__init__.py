"""The tables of `wasmtrim sizes`."""
