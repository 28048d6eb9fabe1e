"""Whether functions that an optimizer changed do the same, for all inputs: by z3 (extra: proof).

Both bodies are executed with unknown parameters, globals and memory, which gives a term for each
result; z3 then looks for an input for which they differ. `child` is the process that does so.
"""
