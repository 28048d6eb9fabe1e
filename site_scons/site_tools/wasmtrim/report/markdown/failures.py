"""The table of what fails, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from wasmtrim.check import Check
from wasmtrim.regression.budget_result import BudgetResult
from wasmtrim.regression.result import RegressionResult
from wasmtrim.report import formatting
from wasmtrim.report.markdown.markup import code


def failure_table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as `failure` gives them: of one profile without its name, with figures if there are."""
    heads = ("profile", "what fails", *formatting.FIGURES, "why")
    shown = [*rows]
    rules = ["---", "---", *["---:"] * len(formatting.FIGURES), "---"]
    figures = any(any(row[2:-1]) for row in shown)
    kept = [any(row[0] for row in shown), True, *[figures] * len(formatting.FIGURES), True]
    lines = (compress(line, kept) for line in (heads, rules, *shown))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def failure(profile: str, check: Check) -> list[str]:
    """A row: the figures and causes of a budget, else what the check found."""
    why = code(check.detail)
    if isinstance(check, BudgetResult):
        told = [f"{code(cause.what)} {formatting.signed(cause.amount)}" for cause in check.causes]
        why = "<br>".join(told) or code(check.plain)
    figures = formatting.figures_of(check)
    return [code(profile) if profile else "", code(check.name), *figures, why]


def advice(results: Sequence[RegressionResult]) -> str:
    """What can be done about the budgets that are exceeded: each way once."""
    offers = [offer for result in results for offer in result.offers]
    return "".join(f"\nTo let it pass: {code(offer)}\n" for offer in dict.fromkeys(offers))
