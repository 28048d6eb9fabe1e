"""Profiles: what ships, for which host, and how it is judged. YAML files -> `Profile`."""

from wasmtrim.located_yaml import Position
from wasmtrim.profile.load import FOLDER, Loaded, load, names
from wasmtrim.profile.model import (
    Budget,
    Call,
    Clock,
    Compiler,
    Component,
    Contract,
    Expect,
    Limit,
    Limits,
    Optimize,
    Profile,
    Serve,
    Smoke,
    Strip,
    Timeouts,
    Waiver,
)
from wasmtrim.profile.values import STAGES, Metric, Scope, StageName

__all__ = [
    "FOLDER",
    "STAGES",
    "Budget",
    "Call",
    "Clock",
    "Compiler",
    "Component",
    "Contract",
    "Expect",
    "Limit",
    "Limits",
    "Loaded",
    "Metric",
    "Optimize",
    "Position",
    "Profile",
    "Scope",
    "Serve",
    "Smoke",
    "StageName",
    "Strip",
    "Timeouts",
    "Waiver",
    "load",
    "names",
]
