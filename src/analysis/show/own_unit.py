"""A unit's own edition: where it stands, its topics over the rounds, and beside the other units."""

from __future__ import annotations

import pandas as pd

from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.expected import both_words
from analysis.show.select import is_number, last_year, one, own, select, service_of, topics, years_of
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.text import write_callout, write_paragraph
from analysis.show.verdicts import judge, shown, state


def headline_own_unit(canvas: Canvas, facts: pd.DataFrame, unit: str) -> str:
    """Say how satisfied the unit's users are, and where that stands beside the others where it is certain."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    mean = _latest(facts, unit, "mean")
    topic = labels.topic(service, "overall")
    if not is_number(mean):
        return f"{topic}: {state(say, mean).word}"
    values = {
        "topic": topic,
        "mean": numbers.score(say, mean),
        "high": labels.questionnaires[service].scale[1],
        "units": labels.unit_word(service, plural=True),
    }
    beside = _latest(facts, unit, "unit_difference")
    if beside and beside.verdict == "above":
        return say.text("{topic} {mean} of {high}, certainly above the other {units}", **values)
    if beside and beside.verdict == "below":
        return say.text("{topic} {mean} of {high}, certainly below the other {units}", **values)
    return say.text("{topic} {mean} of {high}", **values)


def write_own_unit(canvas: Canvas, facts: pd.DataFrame, unit: str) -> Block:
    """Say in sentences what the unit came to, who answered, what changed, and how carefully to read it."""
    say, labels = canvas.language, canvas.labels
    mean, rate = _latest(facts, unit, "mean"), _latest(facts, unit, "response_rate")
    answered = _latest(facts, unit, "respondents")
    if not is_number(mean):
        few = mean is not None and mean.state == "suppressed"
        why = (
            say.text("There are too few answers to show results, so that no one can be recognised.")
            if few
            else say.text("This was not measured in this round.")
        )
        title = say.text("{unit} has no result to show", unit=labels.unit(unit))
        return write_callout(canvas, "note", title, why)
    said = [wording.level(mean, labels)]
    count = answered if rate is None or rate.state != "measured" else rate
    if count is not None:
        said.append(wording.response(count, labels))
    beside, change = _latest(facts, unit, "unit_difference"), _latest(facts, unit, "change")
    if beside is not None:
        said.append(wording.unit(beside, labels))
    said += [f"{part}." for part in _say_topics(canvas, facts, unit)]
    if change is not None:
        said.append(wording.change(change, labels, detectable=_latest(facts, unit, "detectable_change")))
    blocks = [write_paragraph(canvas, " ".join(said))]
    if mean.n is not None and mean.n < canvas.caution:
        blocks.append(
            write_callout(
                canvas,
                "caution",
                say.text("Read with caution"),
                say.plural(
                    "Only {n} person answered. Chance alone can move such results a good deal.",
                    "Only {n} people answered. Chance alone can move such results a good deal.",
                    int(mean.n),
                ),
            )
        )
    return join(canvas, blocks)


def headline_own_topics(canvas: Canvas, facts: pd.DataFrame, unit: str) -> str:
    """Say on which topics the unit stands out from the others for certain, or that it does on none."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    mean = _latest(facts, unit, "mean")
    if not is_number(mean):
        return say.text("{unit}: {reason}", unit=labels.unit(unit), reason=state(say, mean).word)
    found = select(own(facts), statistic="unit_difference", unit=unit, year=last_year(facts))
    units = labels.unit_word(service, plural=True)
    names = {
        verdict: [inside(labels.topic(service, f.topic)) for f in found if f.verdict == verdict]
        for verdict in ("above", "below")
    }
    high, low = (say.series(names[verdict][:3]) for verdict in ("above", "below"))
    if high and low:
        return say.text("Above the other {units} on {high}, below on {low}", units=units, high=high, low=low)
    if high:
        return say.text("Above the other {units} on {topics}", units=units, topics=high)
    if low:
        return say.text("Below the other {units} on {topics}", units=units, topics=low)
    if any(fact.verdict for fact in found):
        return say.text("No certain difference from the other {units} on any topic", units=units)
    return say.text(
        "Too few answers to tell whether {unit} differs from the other {units}",
        unit=labels.unit(unit), units=units,
    )  # fmt: skip


def certain_topics(canvas: Canvas, facts: pd.DataFrame, unit: str) -> list[Fact]:
    """Return the unit's certain differences from the service's other units, one a topic, in topic order."""
    found = select(own(facts), statistic="unit_difference", unit=unit, year=last_year(facts))
    known = [one(found, topic=topic) for topic in topics(canvas.labels, service_of(facts))]
    return [fact for fact in known if fact is not None and fact.verdict in ("above", "below")]


def _say_topics(canvas: Canvas, facts: pd.DataFrame, unit: str) -> list[str]:
    """Say on which topics beside overall satisfaction the unit stands out for certain."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    found = [fact for fact in certain_topics(canvas, facts, unit) if fact.topic != "overall"]
    units, said = labels.unit_word(service, plural=True), []
    high, low = (
        say.series([inside(labels.topic(service, fact.topic)) for fact in found if fact.verdict == verdict])
        for verdict in ("above", "below")
    )
    if high:
        said.append(say.text("Above the other {units} on {topics}", units=units, topics=high))
    if low:
        said.append(say.text("Below the other {units} on {topics}", units=units, topics=low))
    return said


def tabulate_own_unit(canvas: Canvas, facts: pd.DataFrame, unit: str) -> Block:
    """Set the unit's topics against the rounds, beside the whole service and what is said of the unit."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    years, year = years_of(own(facts)), last_year(facts)
    chosen = [t for t in topics(labels, service) if t == "overall" or t.startswith("dimension.")]
    means = select(own(facts), statistic="mean", unit=(unit, ""), topic=tuple(chosen))
    mine = select(own(facts), statistic=("unit_difference", "expected_range"), unit=unit, year=year)
    rows = []
    for topic in chosen:
        last = one(means, unit=unit, topic=topic, year=year)
        cells = [labels.topic(service, topic)]
        for each in years:
            mean = one(means, unit=unit, topic=topic, year=each)
            cells.append(unbroken(shown(say, mean, numbers.score(say, mean))))
        cells += [numbers.interval(say, last), numbers.count(say, last.n if last else None)]
        cells.append(numbers.score(say, one(means, unit="", topic=topic, year=year)))
        verdict = judge(say, one(mine, statistic="unit_difference", topic=topic))
        beside = verdict if is_number(last) else state(say, last)
        expected = one(mine, statistic="expected_range", topic=topic) if is_number(last) else None
        cells.append(both_words(canvas, beside, expected).replace("\n", "; "))
        rows.append(tuple(cells))
    columns = (
        Column(say.text("Topic"), 22),
        *(Column(str(each), 8, right=True, strong=each == year) for each in years),
        Column(say.text("Interval"), 11, right=True),
        Column(say.text("Answers"), 8, right=True),
        Column(say.text("The whole service"), 12, right=True),
        Column(say.text("Assessment"), 25),
    )
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = labels.unit_word(service, plural=True)
    caption = say.text(
        "{unit}: means on the scale {low}–{high}, {level} confidence interval for {year}. The assessment is "
        "beside the other {units}, and beside what is expected with as many answers.",
        unit=labels.unit(unit), low=labels.questionnaires[service].scale[0],
        high=labels.questionnaires[service].scale[1], level=numbers.level_word(say, means), year=year,
        units=units,
    )  # fmt: skip
    return table_block(canvas, "topics", Table(columns, tuple(rows)), caption=caption)


def _latest(facts: pd.DataFrame, unit: str, statistic: str) -> Fact | None:
    topic = "" if statistic in ("respondents", "response_rate") else "overall"
    return one(select(own(facts), statistic=statistic, unit=unit, topic=topic, year=last_year(facts)))
