"""All services of a municipality beside each other."""

from __future__ import annotations

import pandas as pd

from analysis.core.language import NO_BREAK
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change import compared_year
from analysis.show.select import last_year, one, own, select, years_of
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.verdicts import DOWN, UP, judge, shown


def tabulate_services(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set services against rounds: overall satisfaction, answers, response rate, change and the nation.

    The assessments are those that were adjusted over the whole report, where the facts hold any.
    """
    say, labels = canvas.language, canvas.labels
    years, year, before = years_of(facts), last_year(facts), compared_year(facts)
    mine = own(facts)
    means = select(mine, statistic="mean", unit="", topic="overall")
    rates = select(mine, statistic="response_rate", unit="", year=year)
    answered = select(mine, statistic="respondents", unit="", year=year)
    changes = select(mine, statistic=("report_change", "change"), unit="", topic="overall", year=year)
    beside = select(
        mine, statistic=("report_national_difference", "national_difference"), topic="overall", year=year
    )
    seen = select(mine, statistic="detectable_change", unit="", topic="overall", year=year)
    seen = [fact for fact in seen if fact.value is not None]
    rated = any(rate.state != "not_measured" for rate in rates)
    compared = any(fact.state != "not_comparable" for fact in beside)
    rows = []
    for service in [code for code in labels.questionnaires if any(fact.service == code for fact in answered)]:
        # The claim as adjusted over the report; where none was tested there, the service's own says why.
        change = one(changes, service=service, statistic="report_change") or one(changes, service=service)
        differs = one(beside, service=service, statistic="report_national_difference")
        differs = differs or one(beside, service=service)
        verdict = judge(say, change)
        rate, now = one(rates, service=service), one(means, service=service, year=year)
        cells = [labels.service(service)]
        for each in years:
            mean = one(means, service=service, year=each)
            cells.append(unbroken(shown(say, mean, numbers.score(say, mean))))
        cells.append(numbers.interval(say, now))
        # The answers behind the mean: of those who answered the survey some skipped this question.
        cells.append(shown(say, now, numbers.count(say, now.n if now else None)))
        if rated:
            cells.append(shown(say, rate, numbers.score(say, rate)))
        written = numbers.change(say, change, certain=verdict.certain)
        said = f"{verdict.text} ({written})" if verdict.certain else verdict.text
        since = change.against.removeprefix("year.") if change else ""
        # A service that skipped the round is compared with an earlier one.
        if before and since.isdigit() and int(since) != before:
            said = say.text("{assessment}, since {year}", assessment=said, year=since)
        cells.append(said)
        if seen:
            least = one(seen, service=service, against=change.against) if change else None
            cells.append(numbers.score(say, least))
        if compared:
            cells.append(
                _beside(canvas, differs, one(beside, service=service, statistic="national_difference"))
            )
        rows.append(tuple(cells))
    columns = (
        Column(say.text("Service"), 15),
        *(Column(str(each), 8, right=True, strong=each == year) for each in years),
        Column(say.text("Interval"), 11, right=True),
        Column(say.text("Answers"), 8, right=True),
        *((Column(say.text("Response rate"), 11, right=True),) if rated else ()),
        Column(say.text("Since {before}", before=before) if before else say.text("Change"), 20),
        *((Column(say.text("Visible from"), 8, right=True),) if seen else ()),
        *((Column(say.text("All municipalities"), 22),) if compared else ()),
    )
    caption = say.text(
        "Overall satisfaction by service, {level} confidence interval and answers for {year}.",
        level=numbers.level_word(say, means), year=year,
    )  # fmt: skip
    if seen:
        caption += " " + say.text(
            "Visible from: the smallest change that the survey would most likely have found."
        )
    return table_block(canvas, "services", Table(columns, tuple(rows)), caption=caption)


def _beside(canvas: Canvas, differs: Fact | None, alone: Fact | None) -> str:
    """Say where a service stands beside the nation, and where that is certain within the service alone."""
    say = canvas.language
    # Outside the f-strings: what stands inside one is not found when the texts are collected.
    above = say.text("above, certain only within the service")
    below = say.text("below, certain only within the service")
    if differs is not None and alone is not None and differs.verdict == "no_certain_difference":
        if alone.verdict == "higher":
            return f"{UP}{NO_BREAK}{above}"
        if alone.verdict == "lower":
            return f"{DOWN}{NO_BREAK}{below}"
    return judge(say, differs).text
