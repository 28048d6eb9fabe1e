"""Where a module's instructions, allocations and time go: by function and by call stack.

`instrumentation` plants counters in a module, `exact` runs it and reads them, `sampled` asks
wasmtime's profiler. Both give a `HotspotsRecord`, which the `formats` show.
"""
