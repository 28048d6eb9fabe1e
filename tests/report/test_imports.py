from __future__ import annotations

import subprocess
import sys

HEAVY = ("pydantic", "numpy", "PIL", "wasmtime", "jinja2", "httpx", "brotli", "deflate", "yaml")


def test_the_end_of_a_build_that_had_nothing_to_do_imports_nothing_heavy() -> None:
    code = (
        "import sys; from wasmtrim.report import as_json, model, terminal, write;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
