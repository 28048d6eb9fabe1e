"""What functions and data without a crate in their names are of, in real modules by rustc."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmtrim import wasm
from wasmtrim.attribution import owners, rows
from wasmtrim.attribution.names import sources
from wasmtrim.attribution.owners import Owners
from wasmtrim.attribution.packages import source_files
from wasmtrim.attribution.packages.groups import Proof
from wasmtrim.records.fields import OWN

TARGET = "wasm32-unknown-unknown"
SHOP = """
#![no_std]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
static TEXT: &[u8] = b"good morning, dear customer of this little shop, what can I do for you?";
#[no_mangle]
pub extern "C" fn run(n: usize) -> u32 { total(&TEXT[..n]) + TEXT[n] as u32 }
#[inline(never)]
fn total(text: &[u8]) -> u32 { text.iter().map(|b| *b as u32).sum() }
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with lines.wasm, which has line tables, and bare.wasm with its names and a map."""
    rustc = shutil.which("rustc") or "rustc"
    argv = (rustc, "--print", "target-libdir", "--target", TARGET)
    libraries = (
        shutil.which(rustc)
        and subprocess.run(argv, check=False, capture_output=True, text=True).stdout
    )
    if not libraries or not Path(libraries.strip()).is_dir():
        pytest.skip(f"needs rustc with a target: rustup target add {TARGET}")
    folder = tmp_path_factory.mktemp("shop")
    (folder / "lib.rs").write_text(SHOP)
    build = (
        rustc,
        "lib.rs",
        "--crate-name=shop",
        "--crate-type=cdylib",
        "--target",
        TARGET,
        "-Copt-level=s",
    )
    for flags in (
        ("-Cdebuginfo=line-tables-only", "-o", "lines.wasm"),
        ("-Cstrip=debuginfo", "-Clink-arg=-Map=bare.map", "-o", "bare.wasm"),
    ):
        subprocess.run((*build, *flags), check=True, cwd=folder)
    return folder


def owners_of(path: Path) -> Owners:
    data = path.read_bytes()
    return sources.beside(path, data).owners(data)


def index(known: Owners, name: str) -> int:
    return next(i for i in known.entries if known.name(i) == name)


def packages_of_texts(known: Owners) -> set[str]:
    found = rows(known, open_data=True)
    return {item.package for item in found if item.kind == "data" and "good morn" in item.name}


def test_line_tables_tell_the_crate_of_an_exported_function_and_of_its_data(shop: Path) -> None:
    known = owners_of(shop / "lines.wasm")
    run = index(known, "run")
    assert known.package(run) == "shop"
    assert known.where(run).endswith("/lib.rs")
    assert packages_of_texts(known) == {"shop"}


def test_without_them_it_is_of_rust_and_a_map_tells_whose_data_is(shop: Path) -> None:
    known = owners_of(shop / "bare.wasm")
    assert known.package(index(known, "run")) == "(Rust)"
    assert known.package(index(known, "shop::total")) == "shop"
    assert packages_of_texts(known) == {"shop"}


def test_a_codegen_unit_has_the_name_of_its_crate() -> None:
    unit = (
        "/home/me/.cargo/registry/src/x-1f/regex-1.2.3/src/lib.rs/@/regex.caf11e1a5686dfe6-cgu.05"
    )
    assert source_files.package_of(unit) == "regex"


def test_only_a_module_of_rust_alone_has_functions_of_rust_without_a_crate(
    wat: Callable[[str], wasm.Module],
) -> None:
    text = '(module (func $run) (func $memcpy) (@producers (language "Rust" "")))'
    known = owners(wat(text), proof=Proof(crates={"shop": OWN}))
    assert [known.package(i) for i in (0, 1)] == ["(Rust)", "(C and compiler runtime)"]
    assert [known.group(i).name for i in (0, 1)] == ["unknown", "runtime"]
    with_c = wat(text.replace('"Rust" "")', '"Rust" "") (language "C11" "")'))
    assert owners(with_c).package(0) == "(C)"
