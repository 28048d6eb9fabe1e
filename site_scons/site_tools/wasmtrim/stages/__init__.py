"""The stages: each reads a module and writes one that does the same, smaller or as a component.

A stage is a module of this package: its name, its program, whether a profile asks for it, the
arguments, and what must hold afterwards. It runs nothing; `execution` does. `registry` has all of
them. Adding a stage: docs/adding-a-stage.md.
"""
