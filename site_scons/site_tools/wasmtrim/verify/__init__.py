"""The proof that a module still works: its contract, its limits, and its run in wasmtime.

Running the modules (`run_smoke`, one run per stage) is apart from the checks, so that a build
system can make each run a node of its own.
"""

from wasmtrim.check import Check
from wasmtrim.verify.differential import check as check_inputs
from wasmtrim.verify.equivalence import check_stages, same_code
from wasmtrim.verify.run import Run
from wasmtrim.verify.smoke import most_fuel, run_smoke
from wasmtrim.verify.verification import MOST_MODULE_BYTES, StageRun, Verification, verify

__all__ = [
    "MOST_MODULE_BYTES",
    "Check",
    "Run",
    "StageRun",
    "Verification",
    "check_inputs",
    "check_stages",
    "most_fuel",
    "run_smoke",
    "same_code",
    "verify",
]
