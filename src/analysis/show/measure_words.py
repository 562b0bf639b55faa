"""What came of a measure, in words that promise no more than the comparison holds."""

from __future__ import annotations

import pandas as pd

from analysis.core.language import Language
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.change import inside
from analysis.show.comparison_group import name_group
from analysis.show.select import is_number, one, select
from analysis.show.supplied import in_unit
from analysis.show.verdicts import DOWN, UNDECIDED, UP, Verdict, state
from analysis.steering.achieved import written_decimals
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


def say_since(language: Language, status: str, year: int) -> str:
    """Say since when a measure has been as far as it is: only one that runs still does so since its start."""
    if status == "running":
        return language.text("Under way since {year}.", year=year)
    return language.text("Begun in {year}, {status}.", year=year, status=say_status(language, status))


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
    decimals = numbers.shared_decimals([fact])
    parts = {
        "year": fact.year,
        "value": numbers.change(say, fact, decimals=decimals),
        "level": say.percent(fact.level or 0.95),
        "interval": numbers.change_interval(say, fact, decimals=decimals),
        "scale": fact.scale.replace("-", "–"),
        "topic": inside(canvas.labels.topic(fact.service, fact.topic)).rstrip("."),
    }
    if fact.verdict == "worked":
        said = say.text(
            "The survey of {year} shows that the measure worked: {value} on the scale {scale} for {topic}, "
            "compared with those without it ({level} confidence interval {interval}).",
            **parts,
        )
    elif fact.verdict == "worse":
        said = say.text(
            "The survey of {year} shows that it went the wrong way with the measure: {value} on the scale "
            "{scale} for {topic}, compared with those without it ({level} confidence interval {interval}).",
            **parts,
        )
    else:
        said = say.text(
            "The survey of {year} shows no certain effect of the measure: {value} on the scale {scale} for "
            "{topic}, compared with those without it ({level} confidence interval {interval}).",
            **parts,
        )
    if fact.note == "fewer_units":
        said += " " + say.plural(
            "Only {n} unit with the measure had enough answers before and after.",
            "Only {n} units with the measure had enough answers before and after.",
            int(fact.N or 0),
        )
    return said


def say_grounds(canvas: Canvas, facts: pd.DataFrame, fact: Fact) -> list[str]:
    """Say what a measure was compared with; of one that cannot be judged, what changed where it is.

    Such a change is never called the measure's effect.
    """
    if is_number(fact) and fact.state == "measured":
        compared = one(select(facts, statistic="compared_units", category=fact.category, year=fact.year))
        beside = [_compared(canvas, fact, compared)] if is_number(compared) else []
        return [*_with_measure(canvas, fact), *beside, _presumes(canvas)]
    say, said = canvas.language, []
    found = select(facts, statistic="measure_change", category=fact.category, year=fact.year)
    for change in found:
        if change.value is None:
            continue
        if change.method == "supplied":
            said.append(_figure_change(canvas, change))
            continue
        parts = {
            "before": change.against.removeprefix("year."),
            "value": numbers.change(say, change, decimals=numbers.shared_decimals([change])),
            "level": say.percent(change.level or 0.95),
            "interval": numbers.change_interval(say, change, decimals=numbers.shared_decimals([change])),
        }
        if change.unit:
            parts["place"] = canvas.labels.unit(change.unit)
        else:
            parts["place"] = say.text("The service")
        if change.low is None:
            said.append(
                say.text(
                    "{place} changed by {value} since {before}. Too few answered to say how sure that is, "
                    "and it need not be the measure's doing.",
                    **parts,
                )
            )
            continue
        said.append(
            say.text(
                "{place} changed by {value} since {before} ({level} confidence interval {interval}); that "
                "need not be the measure's doing.",
                **parts,
            )
        )
    return said


def _with_measure(canvas: Canvas, effect: Fact) -> list[str]:
    """Say what the effect rests on where the measure is; nothing where that is not known."""
    say = canvas.language
    if effect.n is None:
        return []
    answers = say.count(effect.n)
    if effect.N is None:
        return [
            say.text("Behind it stand at least {answers} answers both before and after.", answers=answers)
        ]
    return [
        say.plural(
            "The measure was in {n} unit, with at least {answers} answers both before and after.",
            "The measure was in {n} units, with at least {answers} answers both before and after.",
            int(effect.N), answers=answers,
        )
    ]  # fmt: skip


def _presumes(canvas: Canvas) -> str:
    return canvas.language.text(
        "Compared is how much the results changed from before the measure to after it, with it and without "
        "it. That presumes that all would else have changed alike."
    )


def _compared(canvas: Canvas, effect: Fact, compared: Fact) -> str:
    """Say where those without the measure come from, and how many they are."""
    say, n = canvas.language, int(compared.value or 0)
    if effect.against == "other_units":
        return say.plural(
            "Those without it are {n} unit of the municipality's own.",
            "Those without it are {n} units of the municipality's own.",
            n,
        )
    kind, _, name = effect.against.partition(".")
    parts = {"units": say.count(n), "places": say.count(compared.N), "group": name_group(say, name)}
    if effect.N is None:
        if kind == "peers":
            return say.text("Those without it are {places} other municipalities ({group}).", **parts)
        return say.text("Those without it are {places} other municipalities.", **parts)
    if kind == "peers":
        return say.text(
            "Those without it are {units} units: the municipality has too few, so those of {places} other "
            "municipalities ({group}) are among them.",
            **parts,
        )
    return say.text(
        "Those without it are {units} units: the municipality has too few, so those of {places} other "
        "municipalities are among them.",
        **parts,
    )


def _figure_change(canvas: Canvas, change: Fact) -> str:
    say = canvas.language
    value = say.number(change.value, written_decimals([change.value or 0.0]), sign=True)
    if change.scale == "percent":
        value = say.text("{value} percentage points", value=value)
    else:
        value = in_unit(say, value, change.scale)
    return say.text(
        "The figure changed by {value} since {before}; that need not be the measure's doing.",
        value=value, before=change.against.removeprefix("year."),
    )  # fmt: skip


def _reason(language: Language, note: str) -> str:
    match note.removeprefix(CANNOT_JUDGE):
        case "few_units":
            return language.text("too few units to compare")
        case "no_comparison":
            return language.text(
                "the whole service has it, and there are too few other municipalities to compare with"
            )
        case "indicator":
            return language.text("a figure can be compared from year to year, but not tested")
        case "rounds":
            return language.text("there are no comparable rounds both before and after it began")
        case "not_measured":
            return language.text("too few answers where it is")
        case "no_variation":
            return language.text("the answers do not vary")
        case "few":
            return language.text("too few answers to decide")
    return language.text("before and after cannot be told apart from who answered")
