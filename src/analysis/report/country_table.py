"""The table of the national sheet's workbook: the services of all municipalities together."""

from __future__ import annotations

import pandas as pd

from analysis.report.cells import Number, SheetTable, count_cell, end_cell, rounded, value_cell
from analysis.show import Canvas
from analysis.show.country import with_interval
from analysis.show.select import is_number, last_year, nation, one, select, years_of


def country_table(canvas: Canvas, facts: pd.DataFrame) -> SheetTable:
    """Set services against the national means of the rounds and the spread between municipalities."""
    say, year = canvas.language, last_year(facts)
    country = nation(facts)
    every = select(country, statistic=("mean", "quartile", "tau"), topic="overall")
    rows = []
    for mean in [f for f in every if f.statistic == "mean" and f.year == year]:
        of = [f for f in every if f.service == mean.service]
        spread = one(of, statistic="tau", category="municipality", year=year)
        rows.append(
            (
                canvas.labels.service(mean.service),
                *(value_cell(say, one(of, statistic="mean", year=each)) for each in years_of(country)),
                *(end_cell(say, with_interval(mean), end) for end in ("low", "high")),
                *(
                    value_cell(say, one(of, statistic="quartile", category=q, year=year))
                    for q in ("25", "75")
                ),
                Number(rounded(spread.value, 2), 2) if is_number(spread) else say.text("not given"),
                count_cell(say, mean, "N"),
                count_cell(say, mean),
            )
        )
    head = (
        say.text("Service"), *(say.text("Mean {year}", year=each) for each in years_of(country)),
        say.text("Interval, lower end"), say.text("Interval, upper end"),
        say.text("Lowest quarter up to"), say.text("Highest quarter from"), say.text("Spread"),
        say.text("Municipalities"), say.text("Answers"),
    )  # fmt: skip
    title = say.text("The whole country")
    about = (say.text("The mean of the municipalities' means, which count equally."),)
    return SheetTable("country", title, title, about, head, tuple(rows))
