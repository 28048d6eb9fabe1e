"""Profiles: what ships, for which host, and how it is judged. YAML files -> `Profile`."""

from wasmtrim.located_yaml import Position
from wasmtrim.profile.budgets import Budget, Waiver
from wasmtrim.profile.limits import Limit, Limits
from wasmtrim.profile.load import FOLDER, Loaded, load, names
from wasmtrim.profile.model import (
    Clock,
    Compiler,
    Component,
    Contract,
    Differ,
    Optimize,
    Profile,
    Serve,
    Strip,
    Timeouts,
)
from wasmtrim.profile.nn import Nn
from wasmtrim.profile.paths import missing_files, missing_folders
from wasmtrim.profile.smoke import Arg, Call, Case, Expect, Memory, Region, Step
from wasmtrim.profile.values import STAGES, Scope, StageName
from wasmtrim.records.fields import Metric

__all__ = [
    "FOLDER",
    "STAGES",
    "Arg",
    "Budget",
    "Call",
    "Case",
    "Clock",
    "Compiler",
    "Component",
    "Contract",
    "Differ",
    "Expect",
    "Limit",
    "Limits",
    "Loaded",
    "Memory",
    "Metric",
    "Nn",
    "Optimize",
    "Position",
    "Profile",
    "Region",
    "Scope",
    "Serve",
    "StageName",
    "Step",
    "Strip",
    "Timeouts",
    "Waiver",
    "load",
    "missing_files",
    "missing_folders",
    "names",
]
