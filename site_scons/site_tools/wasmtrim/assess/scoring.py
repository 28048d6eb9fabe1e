"""From what the analyzer found to a verdict: the decision flow, the dimensions and the score.

A dimension starts at 100, and each finding takes its cost in per cent of what is left: so every
finding counts, none of them takes it below 0, and their order makes no difference. The score is the
weighted mean. The verdict is that of the worst finding: blocked, not migratable as it is; a
downgrade; else a candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wasmtrim.assess import analysis, trial
from wasmtrim.assess.assessment import Assessment, Build, Finding, Frame, Verdict
from wasmtrim.assess.facts import Facts, Use
from wasmtrim.assess.rules import DIMENSIONS, SEVERITIES, DimensionName, Rules, Severity, Target
from wasmtrim.assess.tinygo_support import Support
from wasmtrim.wording import listed

_VERDICTS: dict[Severity, Verdict] = {"blocked": "not-migratable", "downgrade": "downgrade"}


def assess(
    facts: Facts,
    rules: Rules,
    weights: Mapping[DimensionName, float],
    target: Target,
    support: Support,
    builds: Iterable[Build] = (),
) -> Assessment:
    """Judge what the analyzer found for a target; `weights` are in per cent."""
    judged = _Judged(rules, target)
    findings = [judged.use(use) for use in facts.findings]
    findings += judged.invalid(facts)
    notes = list(_notes(facts))
    if target == "tinygo":
        findings += judged.tinygo(facts, support)
        notes.append(f"TinyGo's packages: {support.source}")
    findings.sort(key=lambda f: (-SEVERITIES.index(f.severity), f.file, f.line, f.rule, f.symbol))
    dimensions = {name: _left(findings, name, rules) for name in DIMENSIONS}
    score = sum(weights[name] * dimensions[name] for name in DIMENSIONS) / 100
    severities: set[Severity] = {finding.severity for finding in findings}
    worst: Severity = max(severities, key=SEVERITIES.index, default="works")
    return Assessment(
        schema=1,
        verdict=_VERDICTS.get(worst, "candidate"),
        score=round(score, 1),
        dimensions={name: round(left, 1) for name, left in dimensions.items()},
        findings=tuple(findings),
        module=facts.module,
        target=target,
        weights=dict(weights),
        files=facts.files,
        builds=trial.attached(builds, findings),
        notes=tuple(notes),
    )


def _left(findings: Iterable[Finding], dimension: DimensionName, rules: Rules) -> float:
    left = 100.0
    for finding in findings:
        if finding.dimension == dimension:
            left *= 1 - rules.costs[finding.severity] / 100
    return left


def _notes(facts: Facts) -> Iterator[str]:
    if facts.left_out:
        yield f"{facts.left_out:,} more findings are left out"
    without = sorted({name for platform in facts.platforms for name in platform.without_c})
    if without:
        yield f"cgo is not run: the Go code is read, the C code is not, of {listed(without, 10)}"
    unread = sorted({e.package for platform in facts.platforms for e in platform.errors if e.cgo})
    if unread:
        yield f"not read further, for want of its C code: {listed(unread, 10)}"


class _Judged:
    """Makes findings of facts, by the rules for one target."""

    def __init__(self, rules: Rules, target: Target) -> None:
        self._rules = rules
        self._target = target
        self._platform = analysis.platform(target)

    def use(self, use: Use) -> Finding:
        elsewhere = bool(use.platforms) and self._platform not in use.platforms
        path = tuple(Frame(**vars(frame)) for frame in use.path)
        return self._finding(
            use.rule,
            use.file,
            use.line,
            use.symbol,
            use.package,
            direct=use.direct,
            certain=use.certain,
            platforms=use.platforms,
            path=path,
            elsewhere=elsewhere,
        )

    def invalid(self, facts: Facts) -> Iterator[Finding]:
        """What does not compile for the target: each own place, and each dependency once."""
        told = set()
        for platform in facts.platforms[1:]:
            for error in platform.errors:
                if error.cgo or (not error.own and error.package in told):
                    continue
                told.add(error.package)
                path = tuple(Frame(name, "", 0) for name in error.via[:-1])
                path = (*path, Frame(error.package, error.file, error.line)) if path else ()
                yield self._finding(
                    "not-valid",
                    error.file if error.own else error.from_file,
                    error.line if error.own else error.from_line,
                    error.message,
                    error.package,
                    direct=error.own,
                    platforms=(platform.name,),
                    path=path,
                )

    def tinygo(self, facts: Facts, support: Support) -> Iterator[Finding]:
        """What the program imports and TinyGo can't, or fails the tests of."""
        for used in facts.library:
            if used.package in support.not_importable:
                rule, symbol = "tinygo-package", used.package
            elif why := support.fails_on_wasip1.get(used.package):
                rule, symbol = "tinygo-tests", f"{used.package}: {why}"
            else:
                continue
            via = used.via[1:]
            path = tuple(Frame(name, "", 0) for name in used.via) if via else ()
            package = used.via[-1] if used.via else facts.module
            yield self._finding(
                rule, used.file, used.line, symbol, package, direct=not via, path=path
            )

    def _finding(
        self,
        key: str,
        file: str,
        line: int,
        symbol: str,
        package: str,
        *,
        direct: bool,
        certain: bool = True,
        platforms: tuple[str, ...] = (),
        path: tuple[Frame, ...] = (),
        elsewhere: bool = False,
    ) -> Finding:
        rule = self._rules.rules[key]
        return Finding(
            dimension=rule.dimension,
            rule=key,
            title=rule.title,
            severity=rule.severity_on(
                self._target, direct=direct, certain=certain, elsewhere=elsewhere
            ),
            file=file,
            line=line,
            symbol=symbol,
            direct=direct,
            package=package,
            platforms=platforms,
            path=path,
            instead=rule.instead_on(self._target),
        )
