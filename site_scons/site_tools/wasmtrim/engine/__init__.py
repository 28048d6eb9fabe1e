"""The child process that runs one untrusted module in wasmtime, once for each case.

`child` is its start, which `verify.sandbox` asks for; what stands here needs wasmtime
and the standard library only. What a guest may do is all here: read one file, write two, ask a
clock and a source of random numbers that are driven by hand. So its fuel depends on no machine.
"""
