"""Can this Go code move to WebAssembly, and which hosts take this module: judged, not built.

A Go program of ours (analyzer/) says what the code asks of its host; the rules (data/assess/) say
what a WebAssembly host has instead; the verdict follows from both.
"""
