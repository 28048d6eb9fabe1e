"""The profile: what ships, what it must keep to, and how it is judged. One model a YAML map.

Every field's description is its line in docs/profiles.md and in the editors' JSON schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    field_validator,
    model_validator,
)

from wasmtrim.profile.budgets import Budget, Waiver
from wasmtrim.profile.limits import Limits
from wasmtrim.profile.map import List, Map
from wasmtrim.profile.nn import Nn
from wasmtrim.profile.smoke import Cases
from wasmtrim.profile.values import (
    STAGES,
    BuildTag,
    Day,
    Experiment,
    ExportPattern,
    ExternTypeText,
    Feature,
    FunctionText,
    ImportName,
    Level,
    LinkName,
    LinkText,
    MediaType,
    Name,
    Pass,
    ProjectPath,
    Seconds,
    SectionName,
    Size,
    StageName,
    TinyGoOpt,
    WorldName,
)
from wasmtrim.records.fields import METRICS, Metric

# What LLVM's plain wasm32 has and every runtime since 2022 takes; TinyGo's and Go's modules use it.
FEATURES = (
    "bulk-memory",
    "bulk-memory-opt",
    "call-indirect-overlong",
    "mutable-globals",
    "nontrapping-fptoint",
    "sign-ext",
)


class Compiler(Map):
    name: Literal["tinygo", "go"] = "tinygo"
    """The compiler to use."""
    fallback: bool = False
    """Build with standard Go if TinyGo is not available."""
    target: Name = "wasip1"
    """TinyGo's `-target`; standard Go always builds for wasip1."""
    buildmode: Literal["default", "c-shared"] = "default"
    """A command with `_start`, or a reactor with `_initialize`."""
    gc: Literal["none", "leaking", "conservative", "custom", "precise", "boehm"] | None = None
    """TinyGo's `-gc`; null is its default, as for the keys below."""
    scheduler: Literal["none", "tasks", "asyncify", "threads", "cores"] | None = None
    """TinyGo's `-scheduler`."""
    panic: Literal["print", "trap"] | None = None
    """TinyGo's `-panic`."""
    opt: TinyGoOpt | None = None
    """TinyGo's `-opt`."""
    stack_size: Size | None = None
    """TinyGo's `-stack-size`: of each goroutine."""
    tags: List[BuildTag] = ()
    """Build tags, for both compilers."""
    define: dict[LinkName, LinkText] = Field(
        default={}, json_schema_extra={"additionalProperties": False}
    )
    """Texts of string variables, by `package.name`, set by the linker (`-X`), for both."""
    experiment: List[Experiment] = ()
    """Go's experiments (`GOEXPERIMENT`), for both compilers."""
    inline: bool = True
    """False: standard Go inlines no function outside its runtime (`-gcflags=-l`)."""
    bounds: bool = True
    """False: no index is checked, an assumption. TinyGo's `-nobounds`, Go's `-gcflags=-B`."""
    debug: bool = False
    """Names and debug information stay in the module."""


class Strip(Map):
    keep: List[SectionName] = ()
    """Custom sections that stay."""


class Recipe(Map):
    """What a search found (`scons tune`): the options of wasm-opt, and how they came about."""

    options: List[Pass]
    """All options of wasm-opt, in order; an empty list leaves the module as it is."""
    wasm_opt: str = Field(max_length=100)
    """The version of wasm-opt that they were found with."""
    metric: Metric
    """The size that was minimized."""
    gain: Annotated[float, Field(ge=0, le=100)]
    """How much smaller the module was than by `-Oz` alone, in per cent."""
    seed: Annotated[int, Field(ge=0, le=(1 << 32) - 1)]
    """The seed of the search."""
    date: Day
    """The day of the search."""
    proof: str | None = Field(default=None, max_length=200)
    """How many of the changed functions are proven equal, and how the rest is tested."""
    compiler: Literal["tinygo", "go"] | None = None
    """The compiler whose module it is for; another's module takes level and passes. Null is any."""


class Optimize(Map):
    level: Level = "z"
    """wasm-opt's `-O` level."""
    passes: List[Pass] = ()
    """Further options of wasm-opt, in order, after the level."""
    recipe: Recipe | None = None
    """What a search found; it takes the place of level and passes."""


class Tune(Map):
    """What a search for a recipe may assume."""

    assume: List[
        Literal[
            "traps-never-happen",
            "low-memory-unused",
            "closed-world",
            "fast-math",
            "no-bounds",
            "leaking",
            "panic-trap",
        ]
    ] = ()
    """What holds of the program: options and flags that need it are tried, too."""


class Component(Map):
    """The stages embed, componentize and trim, which make a component of the module."""

    wit: ProjectPath
    """The folder of the WIT package that says what the component imports and exports."""
    world: Name | None = None
    """The world in `wit`; null: its only one."""


class Timeouts(Map):
    compile: Seconds = 600
    """Seconds until the compiler is ended."""
    snip: Seconds = 120
    """Seconds until the planting of traps is ended."""
    prune: Seconds = 120
    """Seconds until wasm-metadce is ended."""
    strip: Seconds = 60
    """Seconds until wasm-strip is ended."""
    positions: Seconds = 120
    """Seconds until the zeroing of positions is ended."""
    optimize: Seconds = 600
    """Seconds until wasm-opt is ended."""
    layout: Seconds = 600
    """Seconds until the search for a layout is ended."""
    embed: Seconds = 60
    """Seconds until `wasm-tools component embed` is ended."""
    componentize: Seconds = 60
    """Seconds until `wasm-tools component new` is ended."""
    trim: Seconds = 60
    """Seconds until `wasm-tools strip` is ended."""


class Contract(Map):
    features: List[Feature] = FEATURES
    """WebAssembly features that the host supports, named as in the section `target_features`."""
    imports: dict[ImportName, ExternTypeText] = Field(
        default={}, json_schema_extra={"additionalProperties": False}
    )
    """What the module may import: `module.name`, with its type or `any`; `*` ends a prefix."""
    exports: dict[ExportPattern, ExternTypeText] = Field(
        default={}, json_schema_extra={"additionalProperties": False}
    )
    """What the module must export, each with its type or `any`; `*` ends a prefix."""
    other_exports: Literal["report", "refuse"] = "report"
    """What to do about an export that is neither named above nor part of the world."""
    wit: ProjectPath | None = None
    """A WIT package, a folder or file, of whose world the module must be a part, too."""
    world: WorldName | None = None
    """The world in `wit`; null: its only one."""

    @field_validator("imports", "exports", mode="before")
    @classmethod
    def _null_drops_what_was_inherited(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: type_ for name, type_ in value.items() if type_ is not None}


class Clock(Map):
    """The clock that the module sees, driven by hand, so that every run gives the same figures."""

    start_ms: Annotated[int, Field(ge=0, le=(1 << 53) - 1)] = 0
    """The time at the first reading, in milliseconds."""
    step_ms: Annotated[int, Field(ge=0, le=86_400_000)] = 1
    """How far it advances at each reading, in milliseconds."""


class Differ(Map):
    """Runs on generated inputs: the module that ships must do what the compiled one does."""

    runs: Annotated[int, Field(ge=1, le=10_000)] = 64
    """How many inputs are made from the cases of the smoke run."""
    seconds: Seconds = 5
    """Seconds after which no further run of a module is begun."""


class Serve(Map):
    """How `wasmtrim serve` answers requests; `limits` hold for each of them."""

    media_type: MediaType = "application/octet-stream"
    """The media type of what the module makes."""
    export: str | None = Field(default=None, max_length=1000)
    """A function `list<u8> -> list<u8>` that answers; null: it is called as in the smoke run."""
    reusable: bool = False
    """True: an instance keeps nothing of a request, so one may answer many (mode `reused`)."""
    body: Size = 64 << 20
    """Bytes of a request's body."""
    queue: Annotated[int, Field(ge=0, le=100_000)] = 100
    """Requests that may wait for a worker."""


class Profile(Map):
    extends: Name | None = None
    """The target, or the profile in the same folder, that this one builds on."""
    description: str = Field(default="", max_length=500)
    """What it is for, in a line."""
    source: ProjectPath | None = None
    """The folder of a Go main package."""
    module: ProjectPath | None = None
    """A ready module, in place of `source`: the chain starts after compile."""
    compiler: Compiler = Compiler()
    """Which compiler, and how."""
    stages: List[StageName] = STAGES
    """The stages, in order."""
    prune: bool = True
    """False leaves the stage prune out."""
    strip: Strip = Strip()
    """How to strip."""
    positions: Literal["keep", "drop"] = "keep"
    """Standard Go's tables of files and lines; drop: a panic's trace says `?:0`."""
    names: Literal["keep", "drop"] = "keep"
    """With `positions: drop`: function names that the runtime doesn't read itself."""
    snip: List[FunctionText] = ()
    """Functions that are assumed never to run, by name; `*` is any text. They trap instead."""
    optimize: Optimize = Optimize()
    """How to optimize."""
    metric: Metric | None = None
    """The size to minimize; null leaves the stage layout out."""
    tune: Tune = Tune()
    """How to search for a recipe."""
    keep: Literal["smaller", "always"] = "smaller"
    """Where prune or optimize makes the module bigger: ship what is smaller, or always theirs."""
    component: Component | None = None
    """Make a component of the module; null leaves the stages embed, componentize and trim out."""
    timeouts: Timeouts = Timeouts()
    """How long each stage may take."""
    contract: Contract = Contract()
    """What the module may import and must export."""
    limits: Limits = Limits()
    """What the host allows: each a value, or a map by compiler."""
    smoke: Cases = Field(default=(), json_schema_extra={"default": None})
    """The smoke run, or a list of them, each with a name; null: the module is not run."""
    clock: Clock = Clock()
    """The clock that the smoke run sees."""
    differ: Differ | None = None
    """Runs on generated inputs, of the compiled module and the one that ships; null: none."""
    nn: Nn | None = None
    """The host functions of WASI-NN; null: there are none."""
    serve: Serve = Serve()
    """How it is served over HTTP."""
    budget: List[Budget] = ()
    """Bounds of the size-regression check."""
    waivers: List[Waiver] = ()
    """Growth that is allowed for a time."""
    commit_waivers: bool = False
    """A commit's footer `Wasm-Size: REASON` waives that commit's own growth."""

    @model_validator(mode="before")
    @classmethod
    def _budgets_are_in_its_metric(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("metric") not in METRICS:
            return data  # as it is, or refused by its type
        metric, budgets = data["metric"], data.get("budget")
        if not isinstance(budgets, list):
            return data
        said = [{"metric": metric, **each} if isinstance(each, dict) else each for each in budgets]
        return {**data, "budget": said}

    @property
    def limiting(self) -> Metric:
        """What the module must be small in: as it says, or by its first budget or limit."""
        budgets = (each.metric for each in self.budget if each.scope.kind == "artifact")
        limits = (name for name in METRICS if getattr(self.limits, name).is_set)
        wanted = (self.metric, *budgets, *limits)
        return next((metric for name in wanted for metric in METRICS if metric == name), "raw")

    @property
    def program(self) -> str:
        """The name that the program is called by, as `argv[0]`: the same at every stage."""
        if self.module is not None:
            return self.module.name
        return f"{self.source.name}.wasm" if self.source else ""
