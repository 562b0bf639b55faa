"""What came of a measure, in words that promise no more than the comparison holds."""

from __future__ import annotations

import pandas as pd

from analysis.core.language import Language
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.select import is_number, select
from analysis.show.verdicts import DOWN, UNDECIDED, UP, Verdict, state
from analysis.steering.evaluation import CANNOT_JUDGE


def judge_measure(language: Language, fact: Fact | None) -> Verdict:
    """Return a measure's verdict as sign and word, or that it cannot be judged."""
    if fact is not None and fact.state == "measured":
        match fact.verdict:
            case "worked":
                return Verdict(UP, language.text("worked"))
            case "worse":
                return Verdict(DOWN, language.text("went the wrong way"))
        return Verdict("", language.text("no certain effect"))
    if fact is not None and fact.state == "suppressed":
        return state(language, fact)
    return Verdict(UNDECIDED, language.text("cannot be judged"))


def judge_outcome(language: Language, outcome: str) -> Verdict:
    """Return the same for an outcome's code, as a ledger keeps it."""
    if outcome == "reported":
        return Verdict("", language.text("told in words"))
    verdict = Fact(statistic="measure_effect", value=0.0, verdict=outcome)
    return judge_measure(language, verdict if outcome != "cannot_judge" else None)


def say_status(language: Language, status: str) -> str:
    """Say how far a measure has come; `open`: there is none."""
    words = {
        "open": language.text("no measure"),
        "proposed": language.text("proposed"),
        "decided": language.text("decided"),
        "running": language.text("running"),
        "finished": language.text("finished"),
        "stopped": language.text("stopped"),
    }
    return words[status]


def say_judgement(canvas: Canvas, fact: Fact) -> str:
    """Say what the survey tells of a measure, from its `measure_effect` fact, with what it was judged by."""
    say = canvas.language
    if fact.state == "suppressed":
        return say.text("What came of the measure is suppressed.")
    if not is_number(fact) or fact.state != "measured":
        return say.text(
            "The survey of {year} cannot judge the measure: {reason}.",
            year=fact.year, reason=_reason(say, fact.note),
        )  # fmt: skip
    certain = fact.verdict in ("worked", "worse")
    parts = {
        "year": fact.year,
        "value": numbers.change(say, fact, certain=certain),
        "level": say.percent(fact.level or 0.95),
        "interval": numbers.change_interval(say, fact, certain=certain),
    }
    if fact.verdict == "worked":
        said = say.text(
            "The survey of {year} shows that the measure worked: {value} points compared with those without "
            "it ({level} confidence interval {interval}).",
            **parts,
        )
    elif fact.verdict == "worse":
        said = say.text(
            "The survey of {year} shows that it went the wrong way with the measure: {value} points compared "
            "with those without it ({level} confidence interval {interval}).",
            **parts,
        )
    else:
        said = say.text(
            "The survey of {year} shows no certain effect of the measure: {value} points compared with those "
            "without it ({level} confidence interval {interval}).",
            **parts,
        )
    if fact.against == "other_municipalities":
        said += " " + say.text("Other municipalities are what it is compared with.")
    if fact.note == "fewer_units":
        said += " " + say.plural(
            "Only {n} unit with the measure had enough answers before and after.",
            "Only {n} units with the measure had enough answers before and after.",
            int(fact.N or 0),
        )
    return said


def say_unit_changes(canvas: Canvas, facts: pd.DataFrame, fact: Fact) -> list[str]:
    """Say what changed where a measure that cannot be judged is, without calling it the measure's effect."""
    if is_number(fact):
        return []
    say, said = canvas.language, []
    found = select(facts, statistic="measure_change", category=fact.category, year=fact.year)
    for change in filter(is_number, found):
        parts = {
            "before": change.against.removeprefix("year."),
            "value": numbers.change(say, change),
            "level": say.percent(change.level or 0.95),
            "interval": numbers.change_interval(say, change),
        }
        if change.unit:
            parts["place"] = canvas.labels.unit(change.unit)
        else:
            parts["place"] = say.text("The service")
        said.append(
            say.text(
                "{place} changed by {value} since {before} ({level} confidence interval {interval}); that "
                "need not be the measure's doing.",
                **parts,
            )
        )
    return said


def _reason(language: Language, note: str) -> str:
    match note.removeprefix(CANNOT_JUDGE):
        case "few_units":
            return language.text("too few units to compare")
        case "no_comparison":
            return language.text("the whole service has it, so there is nothing to compare with")
        case "rounds":
            return language.text("there are no comparable rounds both before and after it began")
        case "not_measured":
            return language.text("too few answers where it is")
        case "no_variation":
            return language.text("the answers do not vary")
        case "few":
            return language.text("too few answers to decide")
    return language.text("before and after cannot be told apart from who answered")
