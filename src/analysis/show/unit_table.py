"""Units against dimensions, as tables narrow enough for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number, last_year, one, own, select, service_of, topics
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.unit_findings import units_of
from analysis.show.verdicts import judge, state

#: The sign of a mean of few answers.
FEW = "*"
#: More dimensions than these side by side, and their names run into each other on paper.
ACROSS = 4


def tabulate_units(canvas: Canvas, facts: pd.DataFrame, *, first: str = "") -> Block:
    """Set units against dimensions: every unit's mean in the latest round, a sign where it stands out.

    More than four dimensions take several tables; the block's id is the first one's. `first` is the unit
    whose own edition it is: before all others.
    """
    labels, service = canvas.labels, service_of(facts)
    chosen = [t for t in topics(labels, service) if t == "overall" or t.startswith("dimension.")]
    parts = -(-len(chosen) // ACROSS)
    # Shared out evenly: four and three rather than four, and one left over.
    size = -(-len(chosen) // parts)
    blocks = []
    for part in range(parts):
        name = f"units-table-{part + 1}" if part else "units-table"
        blocks.append(_table(canvas, facts, chosen[part * size : (part + 1) * size], name, first))
    return replace(join(canvas, blocks), id=blocks[0].id)


def _table(canvas: Canvas, facts: pd.DataFrame, chosen: Sequence[str], name: str, first: str) -> Block:
    say, labels = canvas.language, canvas.labels
    service, year = service_of(facts), last_year(facts)
    every = select(own(facts), statistic="mean", year=year, topic=(*chosen, "overall"))
    judged = select(own(facts), statistic="unit_difference", year=year)
    means, _ = units_of(canvas, facts, "overall", first=first)
    rows, few, borrowed = [], False, False
    ordered = [mean.unit for mean in means]
    for unit in (first, "", *ordered[1:]) if first in ordered else ("", *ordered):
        cells = []
        for topic in chosen:
            mean = one(every, unit=unit, topic=topic)
            verdict = judge(say, one(judged, unit=unit, topic=topic)) if unit else None
            mark = f"{verdict.sign} " if verdict and verdict.certain else ""
            small = bool(unit) and mean is not None and mean.n is not None and mean.n < canvas.caution
            few |= small and is_number(mean)
            borrowed |= is_number(mean) and bool(unit) and mean.note == "pooled_sd"
            value = numbers.score(say, mean) + (FEW if small else "")
            written = f"{mark}{value} ({numbers.interval(say, mean)})"
            cells.append(unbroken(written if is_number(mean) else state(say, mean).text))
        count = one(every, unit=unit, topic="overall")
        shown = labels.unit(unit) if unit else say.text("The municipality")
        rows.append((shown, *cells, numbers.count(say, count.n if count else None)))
    columns = (
        Column(labels.unit_word(service).capitalize(), 27),
        *(Column(labels.topic(service, topic), 16, right=True) for topic in chosen),
        Column(say.text("Answers, overall satisfaction"), 11, right=True),
    )
    caption = say.text(
        "Means by {unit}, {year}, with {level} confidence intervals. ▲ certainly above and ▼ certainly below "
        "the others; ⊘ suppressed, so that no one's answers can be recognised.",
        unit=labels.unit_word(service), year=year, level=numbers.level_word(say, every),
    )  # fmt: skip
    if few:
        caption += " " + say.text(
            "{sign}: fewer than {n} answers, read with care.", sign=FEW, n=canvas.caution
        )
    if borrowed:
        caption += " " + say.text(
            "Where answers are very few, their spread is borrowed from the other units."
        )
    return table_block(canvas, name, Table(columns, tuple(rows)), caption=caption)
