"""How strong the checks are: faults are planted in a module, and those found are counted."""

from wasmtrim.verify.mutants.strength import Strength, measure

__all__ = ["Strength", "measure"]
