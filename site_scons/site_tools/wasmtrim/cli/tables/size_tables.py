"""The tables of `wasmtrim sizes`: a module by section, package, function and data, source file."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from wasmtrim.attribution.packages import source_files
from wasmtrim.attribution.packages.inlining import Inlining
from wasmtrim.attribution.packages.package_shares import ABOUT
from wasmtrim.cli.tables import prices
from wasmtrim.cli.tables.share_table import ALIKE, NOISE, Layout, Share

if TYPE_CHECKING:
    from wasmtrim.attribution import ComponentItems, Item, Items, Owners
    from wasmtrim.attribution.packages.groups import Group


class Tables:
    """What the rows of one module sum up to."""

    def __init__(self, items: Items | ComponentItems, owners: Owners, *, compressed: bool) -> None:
        self._owners = owners
        self._inlining = Inlining(owners)
        self._size = items.size
        self._compressed = compressed
        self._sections: dict[str, Share] = defaultdict(Share)
        self._packages: dict[str, Share] = defaultdict(Share)
        self._files: dict[str, Share] = defaultdict(Share)
        self._folders: Counter[str] = Counter()  # that packages of Go lie in
        # Functions and data by what is shown; a function without a name by its index.
        self._parts: dict[str | int, Share] = defaultdict(Share)
        self._ranges: set[str | int] = set()  # those of the parts that are data
        self._data: Counter[str] = Counter()  # by package
        self._split: set[str] = set()  # packages that gave or took inlined code
        if compressed:
            paid = prices.of(items)
            for item, gzip, brotli in zip(items, paid.gzip, paid.brotli, strict=True):
                self._add(item, 1, gzip, brotli)
            self._sections["(headers and tables of the compressed file)"].add(0, *paid.overhead)
        else:
            for item, parts in items.summed():
                self._add(item, parts, 0, 0)
        for package in self._data:
            self._packages[package].add(0, 0, 0, parts=0)

    def _add(self, item: Item, parts: int, gzip: int, brotli: int) -> None:
        self._sections[item.section].add(item.bytes, gzip, brotli)
        if item.kind == "function" and item.number is not None:
            self._add_function(item, item.number, gzip, brotli)
        elif item.kind in ("data", "segment header"):
            self._add_data(item, parts, gzip, brotli)

    def _add_function(self, item: Item, number: int, gzip: int, brotli: int) -> None:
        owners = self._owners
        package, where = owners.package(number), owners.where(number)
        self._packages[package].add(0, 0, 0)
        raw = self._inlining.split(number, item.bytes)
        if raw.keys() != {package}:
            self._split.update(raw)
        for name, size in raw.items():
            self._packages[name].raw += size
        if self._compressed:
            for name, size in self._inlining.split(number, gzip).items():
                self._packages[name].gzip += size
            for name, size in self._inlining.split(number, brotli).items():
                self._packages[name].brotli += size
        named = number in owners.entries
        shown = f"{item.name}  {_beside(package, where)}".rstrip() if named else number
        self._parts[shown].add(item.bytes, gzip, brotli)
        if where:
            file = where.rpartition(":")[0] or where
            self._files[file].add(item.bytes, gzip, brotli)
            self._folders[source_files.folder_before(file, package)] += 1

    def _add_data(self, item: Item, parts: int, gzip: int, brotli: int) -> None:
        package = item.package
        is_said = not package or item.name.startswith(
            (f"{package}.", f"{package}::", f"{package}$")
        )
        shown = item.name if is_said else f"{item.name}  {package}"
        self._parts[shown].add(item.bytes, gzip, brotli, parts)
        self._ranges.add(shown)
        if package:
            self._data[package] += item.bytes

    def show(self, most: int | None) -> None:
        """Print the tables, with `most` rows each (None: all)."""
        layout = Layout(most, self._size, self._compressed)
        layout.table("section", self._sections)
        has_functions = any(share.parts for share in self._packages.values())
        if has_functions:
            layout.table(
                "package",
                self._packages,
                name=self._package,
                noun=lambda _: "functions",
                data=self._data,
            )
        if self._parts:
            layout.table("function or data", self._parts, name=self._part, noun=self._noun)
        if self._files:
            layout.table("source file", self._shown_files(), noun=lambda _: "functions")
        if has_functions:
            self._show_sources()
        if self._compressed:
            print(f"~: under {NOISE:,} compressed bytes: half or twice of it may really be saved;")
            print("   `wasmtrim why MODULE NAME --saving` measures that")

    def _shown_files(self) -> dict[str, Share]:
        """The source files by what is shown of their paths."""
        del self._folders[""]
        [(folder, _)] = self._folders.most_common(1) or [("", 0)]
        found: dict[str, Share] = defaultdict(Share)
        for file, share in self._files.items():
            shown = source_files.shown(file, folder)
            found[shown].add(share.raw, share.gzip, share.brotli, share.parts)
        return found

    def _show_sources(self) -> None:
        """Print where names, groups and guesses come from."""
        owners = self._owners
        groups = [self._group(package) for package in self._packages]
        print(f"\nnames from: {', '.join(owners.name_sources) or 'nowhere, the module has none'}")
        if owners.proof.sources and {group.name for group in groups} & {"own", "third party"}:
            print(f"own and third party from: {', '.join(owners.proof.sources)}")
        if any(group.is_guess for group in groups):
            print("own and third party with a ?: a guess from the name alone")
        if self._split:
            print(f"{ABOUT}: inlined code counts where it came from, by lines or Go's inline tree")

    def _group(self, package: str) -> Group:
        return self._owners.group_of_package(package)

    def _package(self, name: str) -> str:
        group = self._group(name)
        about = f" {ABOUT}" if name in self._split else ""
        return f"{name}  [{group.name}{'?' if group.is_guess else ''}]{about}"

    def _part(self, part: str | int) -> str:
        return self._owners.name(part) if isinstance(part, int) else part

    def _noun(self, part: str | int) -> str:
        return "ranges" if part in self._ranges else ALIKE


def _beside(package: str, where: str) -> str:
    """Where a function is, without the folder that its package says already."""
    folder, _, file = where.rpartition("/")
    return file if folder and (package == folder or package.endswith(f"/{folder}")) else where
