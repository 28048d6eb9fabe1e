"""Whose code is: the package of a function or file, its group, and inlined code by package."""
