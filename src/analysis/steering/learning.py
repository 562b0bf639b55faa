"""Learning across municipalities: what was done where, what was measured after, which tools were used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.core.language import Language
from analysis.steering.ledger import Ledger
from analysis.steering.measures import Measure
from analysis.steering.plan import SteeringPlan

#: The columns of the catalogue of cases, see `cases`.
CASES = (
    "municipality", "service", "purpose", "measure", "title", "tool", "topic", "n_units", "start", "status",
    "year", "outcome", "effect", "low", "high", "level", "fact_id", "words",
)  # fmt: skip
#: The columns of the overview of survey designs, see `designs`.
DESIGNS = ("municipality", "service", "rounds", "respondents", "invited", "beside")
_OUTCOMES = ("worked", "no_certain_effect", "worse", "cannot_judge", "reported")


@dataclass(frozen=True)
class Account:
    """What one municipality gives to the catalogue: its plan, this round's ledger, its protected facts.

    `facts` are those of all services with the `measure_effect` facts among them.
    """

    plan: SteeringPlan
    ledger: Ledger
    facts: pd.DataFrame


def cases(accounts: Iterable[Account]) -> pd.DataFrame:
    """Return a row for every measure that something is known of after it began.

    Columns: `municipality`, `service`, `purpose` (KL's: `steering`, `across_units`, `across_municipalities`,
    `own_development`), `measure` (id), `title` and `tool` (words in each language; None where no tool is
    named), `topic`, `n_units` (0: the whole service), `start`, `status`, `year` (of the survey or the words),
    `outcome` (`worked`, `no_certain_effect`, `worse`, `cannot_judge`, `reported`), `effect`, `low`, `high`,
    `level` (missing where it cannot be judged), `fact_id` of the `measure_effect` ("" for none), `words`
    (the municipality's own, or None). Ordered by purpose, service, municipality and measure.
    """
    rows = [
        row
        for account in accounts
        for measure in account.plan.measures
        if (row := _case(account, measure)) is not None
    ]
    rows.sort(key=lambda row: (row["purpose"], row["service"], row["municipality"], row["measure"]))
    return pd.DataFrame(rows, columns=list(CASES))


def tools_used(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Count, for every tool of a catalogue of cases, the cases and what came of them.

    Columns: `tool` (as the language calls it), `cases`, `municipalities`, and a count for each outcome.
    Cases that name no tool are left out. The tool with most cases comes first.
    """
    named = table[table["tool"].notna()]
    named = named.assign(tool=[language.pick(words) for words in named["tool"]])
    rows = []
    for tool, group in named.groupby("tool", sort=True):
        counts = {name: int(group["outcome"].eq(name).sum()) for name in _OUTCOMES}
        places = group["municipality"].nunique()
        rows.append({"tool": tool, "cases": len(group), "municipalities": places, **counts})
    rows.sort(key=lambda row: (-row["cases"], row["tool"]))
    return pd.DataFrame(rows, columns=["tool", "cases", "municipalities", *_OUTCOMES])


def designs(accounts: Iterable[Account]) -> pd.DataFrame:
    """Return how each municipality's services were surveyed, a row a service.

    Columns: `municipality`, `service`, `rounds` (years in which somebody answered, oldest first),
    `respondents` and `invited` in the last of them (missing where suppressed or not known), `beside` (the
    kinds of notes that the municipality has beside that survey: `focus_group`, `cooperating_services`,
    `staff_dialogue`).
    """
    rows: list[dict[str, Any]] = []
    for account in accounts:
        municipality = account.plan.municipality
        facts = account.facts[account.facts["municipality"].eq(municipality)]
        counts = facts[facts["statistic"].eq("respondents") & facts["unit"].eq("") & facts["service"].ne("")]
        # A count that is suppressed is of somebody; one that is not measured, or nought, of nobody.
        held = counts[counts["state"].eq("suppressed") | counts["value"].gt(0)]
        for service, of_service in held.sort_values("year").groupby("service", sort=False):
            last = of_service.iloc[-1]
            notes = {n.kind for n in account.plan.notes if n.service == service and n.year >= last["year"]}
            rows.append(
                {
                    "municipality": municipality,
                    "service": service,
                    "rounds": tuple(int(year) for year in of_service["year"]),
                    "respondents": last["n"],
                    "invited": last["N"],
                    "beside": tuple(sorted(notes)),
                }
            )
    return pd.DataFrame(rows, columns=list(DESIGNS))


def _case(account: Account, measure: Measure) -> dict[str, Any] | None:
    facts, line = account.facts, account.ledger.line_of(measure.id)
    rows = facts[
        facts["statistic"].eq("measure_effect")
        & facts["category"].eq(measure.id)
        & facts["municipality"].eq(account.plan.municipality)
    ]
    fact = rows.iloc[-1] if len(rows) else None
    if measure.status == "proposed" or (fact is None and measure.outcome is None):
        return None
    judged = fact is not None and fact["state"] == "measured"
    evaluation = line.evaluation if line is not None else None
    if evaluation is not None:
        year, outcome = evaluation.year, evaluation.outcome
    elif fact is not None:
        # Done with in an earlier round, and no line any more: the survey still tells of it.
        year, outcome = int(fact["year"]), fact["verdict"] if judged else "cannot_judge"
    else:
        year, outcome = measure.outcome.year, "reported"
    row = {name: fact[name] if judged else float("nan") for name in ("low", "high", "level")}
    return row | {
        "municipality": account.plan.municipality,
        "service": measure.service,
        "purpose": measure.purpose,
        "measure": measure.id,
        "title": measure.title,
        "tool": measure.tool,
        "topic": measure.topic,
        "n_units": len(measure.units),
        "start": measure.start,
        "status": measure.status,
        "year": year,
        "outcome": outcome,
        "effect": fact["value"] if judged else float("nan"),
        "fact_id": "" if fact is None else fact["fact_id"],
        "words": measure.outcome.text if measure.outcome else None,
    }
