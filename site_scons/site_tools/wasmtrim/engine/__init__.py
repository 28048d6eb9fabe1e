"""The child process that runs one untrusted module in wasmtime, once for each case.

`__main__` is a script, started by `verify.sandbox` with `-I -S`; what stands here needs wasmtime
and the standard library only. What a guest may do is all here: read one file, write two, ask a
clock and a source of random numbers that are driven by hand. So its fuel depends on no machine.
"""
