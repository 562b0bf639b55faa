"""Change since an earlier round: the figure and its finding."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change_words import detectable_of, with_detectable
from analysis.show.rows import Heading, Line, Row, draw_rows
from analysis.show.scale import difference_axis
from analysis.show.select import is_number, last_year, one, own, select, service_of, topics
from analysis.show.sheet import figure_block
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.verdicts import judge, shown

#: A name of more signs than this is not put into a heading.
_LONG = 40


def compared_year(facts: pd.DataFrame, against: int | None = None) -> int | None:
    """Return the earlier round that changes are measured from: the one given, or the latest there is."""
    if against is not None:
        return against
    compared = {fact.against for fact in select(facts, statistic="change")}
    return max(
        (int(name.removeprefix("year.")) for name in compared if name.startswith("year.")), default=None
    )


def changes_of(canvas: Canvas, facts: pd.DataFrame, before: int) -> dict[str, Fact]:
    """Return the municipality's changes since that round by topic, in the questionnaire's order."""
    found = select(own(facts), statistic="change", unit="", against=f"year.{before}")
    by_topic = {fact.topic: fact for fact in found}
    return {t: by_topic[t] for t in topics(canvas.labels, service_of(facts)) if t in by_topic}


def draw_change(canvas: Canvas, facts: pd.DataFrame, *, against: int | None = None) -> Block:
    """Draw the change of overall satisfaction and every dimension with its interval around zero."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    before = compared_year(facts, against)
    changes = changes_of(canvas, facts, before) if before is not None else {}
    if not any(is_number(fact) for fact in changes.values()):
        return _nothing(canvas, list(changes.values()), before)
    year, seen = last_year(facts), detectable_of(facts, before)
    means = select(own(facts), statistic="mean", unit="", year=(before, year))
    decimals = numbers.shared_decimals(changes.values())
    rows = []
    for topic, fact in changes.items():
        verdict = judge(say, fact)
        old, new = (one(means, topic=topic, year=y) for y in (before, year))
        rows.append(
            Row(
                name=labels.topic(service, topic),
                cells=(
                    numbers.score(say, old),
                    numbers.score(say, new),
                    numbers.change(say, fact, decimals=decimals),
                    with_detectable(canvas, fact, seen.get(topic), between="\n"),
                ),
                value=fact.value,
                low=fact.low,
                high=fact.high,
                sign=verdict.sign if verdict.certain else "",
                hollow=not verdict.certain,
                strong=verdict.certain,
            )
        )
    reach = max(abs(x) for row in rows for x in (row.value, row.low, row.high) if x is not None)
    headings = (
        Heading(str(before)),
        Heading(str(year)),
        Heading(say.text("change"), strong=True),
        Heading(say.text("assessment")),
    )
    scale = numbers.scale_of(changes.values())
    title = say.text(
        "Change from {before} to {year} on the scale {scale}", before=before, year=year, scale=scale
    )
    sheet = draw_rows(
        rows, headings, difference_axis(canvas, reach, title), lines=[Line(0, say.text("no change"))]
    )
    return figure_block(
        canvas, "change", sheet,
        caption=_caption(canvas, facts, list(changes.values()), before),
        alt=_alternative(canvas, facts, changes, before),
        data=_data(canvas, service, changes, seen),
    )  # fmt: skip


def headline_change(canvas: Canvas, facts: pd.DataFrame, *, against: int | None = None) -> str:
    """Say what has changed for certain since the earlier round, or that nothing has."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    before = compared_year(facts, against)
    if before is None:
        return say.text("Only one round: no change to show")
    changes = changes_of(canvas, facts, before)
    named = {
        verdict: [
            inside(labels.topic(service, topic)) for topic, fact in changes.items() if fact.verdict == verdict
        ]
        for verdict in ("higher", "lower")
    }
    up, down = (_listed(canvas, named[verdict]) for verdict in ("higher", "lower"))
    if up and down:
        return say.text(
            "Certain rise in {up} and fall in {down} since {before}", up=up, down=down, before=before
        )
    if up:
        return say.text("Certain rise in {up} since {before}", up=up, before=before)
    if down:
        return say.text("Certain fall in {down} since {before}", down=down, before=before)
    return undecided_change(canvas, list(changes.values()), before)


def undecided_change(canvas: Canvas, changes: list[Fact], before: int) -> str:
    """Say that nothing certain changed, or why that cannot be said: no test, no finding."""
    say = canvas.language
    if any(fact.verdict == "no_certain_change" for fact in changes):
        return say.text("No certain change since {before}", before=before)
    if any(fact.verdict == "depends_on_method" for fact in changes):
        return say.text("Whether anything changed since {before} depends on the method", before=before)
    if any(fact.state == "undecided" for fact in changes):
        return say.text("Too few answers to decide on change since {before}", before=before)
    if any(fact.state == "suppressed" for fact in changes):
        return say.text("The change since {before} is suppressed", before=before)
    return say.text("Change since {before} cannot be measured", before=before)


def inside(name: str) -> str:
    """Return a name as it stands within a sentence: small, unless it is an abbreviation."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _listed(canvas: Canvas, names: list[str]) -> str:
    # A question in full is too long for a heading, and three dimensions are as many as one can hold.
    if len(names) <= 3 and all(len(name) <= _LONG for name in names):
        return canvas.language.series(names)
    return canvas.language.plural("{n} area", "{n} areas", len(names))


def _caption(canvas: Canvas, facts: pd.DataFrame, changes: list[Fact], before: int) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    parts = [
        say.text(
            "{service}: change from {before} to {year}. The bar is a {level} confidence interval of each "
            "change by itself; the assessment takes into account that several are tested at once.",
            service=labels.service(service), before=before, year=last_year(facts),
            level=numbers.level_word(say, changes),
        ),
        say.text("Filled marks: certain change. Changes are computed before rounding."),
    ]  # fmt: skip
    return " ".join(parts)


def _alternative(canvas: Canvas, facts: pd.DataFrame, changes: dict[str, Fact], before: int) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    listed, seen = [], detectable_of(facts, before)
    decimals = numbers.shared_decimals(changes.values())
    for topic, fact in changes.items():
        verdict = judge(say, fact)
        if not is_number(fact):
            listed.append(f"{labels.topic(service, topic)}: {verdict.word}")
            continue
        written = numbers.change(say, fact, decimals=decimals)
        around = numbers.change_interval(say, fact, decimals=decimals)
        word = with_detectable(canvas, fact, seen.get(topic)).removeprefix(verdict.sign).strip()
        listed.append(f"{labels.topic(service, topic)} {written} ({around}, {word})")
    return f"{headline_change(canvas, facts, against=before)}. {'; '.join(listed)}."


def _data(canvas: Canvas, service: str, changes: dict[str, Fact], seen: dict[str, Fact]) -> Table:
    say, decimals = canvas.language, numbers.shared_decimals(changes.values())
    rows = []
    for topic, fact in changes.items():
        verdict = judge(say, fact)
        rows.append(
            (
                canvas.labels.topic(service, topic),
                shown(say, fact, numbers.change(say, fact, decimals=decimals)),
                numbers.change_interval(say, fact, decimals=decimals),
                numbers.score(say, seen.get(topic)),
                verdict.text,
            )
        )
    columns = (
        Column(say.text("Topic"), 30),
        Column(say.text("Change"), 12, right=True),
        Column(say.text("Interval"), 16, right=True),
        Column(say.text("Visible from"), 12, right=True),
        Column(say.text("Assessment"), 30),
    )
    return Table(columns, tuple(rows))


def _nothing(canvas: Canvas, changes: list[Fact], before: int | None) -> Block:
    say = canvas.language
    if before is None or not changes:
        return write_callout(
            canvas,
            "note",
            say.text("No change to show"),
            say.text("There is no earlier round to compare with."),
        )
    # Every reason once, in the order met.
    reasons = list(dict.fromkeys(judge(say, fact).word for fact in changes))
    why = say.text("Compared with {before}: {reasons}.", before=before, reasons=say.series(reasons))
    return write_callout(canvas, "note", say.text("No change to show"), why)
