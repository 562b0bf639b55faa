"""The tables of a workbook that hold what users answered: services, findings, topics, units, items."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.facts.table import Fact
from analysis.report.cells import Cell, SheetTable, count_cell, end_cell, value_cell, verdict_cell
from analysis.show import Canvas
from analysis.show.change import changes_of, compared_year, detectable_of
from analysis.show.expected import ranges_of
from analysis.show.numbers import shared_decimals
from analysis.show.select import last_year, nation, one, own, select, topics, years_of
from analysis.show.unit_findings import units_of


def services_table(canvas: Canvas, facts: pd.DataFrame, services: Sequence[str]) -> SheetTable:
    """Set services against overall satisfaction, answers, change and the nation, assessed over the report."""
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    years, mine = years_of(own(facts)), own(facts)
    means = select(mine, statistic=("mean", "index"), unit="", topic="overall")
    rates = select(mine, statistic=("respondents", "response_rate"), unit="", year=year)
    claims = select(
        mine,
        statistic=("report_change", "change", "report_national_difference", "national_difference"),
        unit="", topic="overall", year=year,
    )  # fmt: skip
    changed = {service: _first(claims, service, "report_change", "change") for service in services}
    decimals = shared_decimals(changed.values())
    rows = []
    for service in services:
        last = one(means, statistic="mean", service=service, year=year)
        change = changed[service]
        beside = _first(claims, service, "report_national_difference", "national_difference")
        answered = one(rates, statistic="respondents", service=service)
        rows.append(
            (
                labels.service(service),
                *(value_cell(say, one(means, statistic="mean", service=service, year=y)) for y in years),
                end_cell(say, last, "low"),
                end_cell(say, last, "high"),
                value_cell(say, one(means, statistic="index", service=service, year=year)),
                # Of those who answered, some skipped this question.
                count_cell(say, last),
                count_cell(say, answered),
                value_cell(say, one(rates, statistic="response_rate", service=service)),
                value_cell(say, change, sign=True, decimals=decimals),
                verdict_cell(say, change),
                verdict_cell(say, beside),
            )
        )
    head = (
        say.text("Service"),
        *(_mean_in(canvas, each) for each in years),
        *_interval_heads(canvas),
        say.text("Index, 0 to 100"),
        say.text("Answers to the question"),
        say.text("Answered"),
        say.text("Response rate"),
        say.text("Change since the round before"),
        say.text("Assessment of the change"),
        say.text("Beside all municipalities"),
    )
    about = (
        say.text("The assessments take into account that all of the report's comparisons are made at once."),
    )
    name = say.text("Services")
    return SheetTable("services", name, say.text("Overall satisfaction by service"), about, head, tuple(rows))


def findings_table(canvas: Canvas, facts: pd.DataFrame) -> SheetTable:
    """List the strengths to preserve and the points to improve, as many of each."""
    say, labels = canvas.language, canvas.labels
    found = select(own(facts), statistic=("strength", "improvement"), year=last_year(facts))
    words = {"strength": say.text("Strength to preserve"), "improvement": say.text("Point to improve")}
    order = sorted(found, key=lambda fact: (fact.statistic == "improvement", int(fact.category)))
    rows = tuple(
        (
            words[fact.statistic],
            labels.service(fact.service),
            labels.topic(fact.service, fact.topic),
            value_cell(say, fact),
            end_cell(say, fact, "low"),
            end_cell(say, fact, "high"),
            count_cell(say, fact),
        )
        for fact in order
    )
    head = (
        say.text("Kind"), say.text("Service"), say.text("Topic"), say.text("Index, 0 to 100"),
        *_interval_heads(canvas), say.text("Answers"),
    )  # fmt: skip
    title = say.text("Strengths to preserve and points to improve")
    about = (say.text("The highest and the lowest results of all services, as many of each."),)
    return SheetTable("findings", say.text("Strengths and points"), title, about, head, rows)


def topics_table(canvas: Canvas, facts: pd.DataFrame, service: str) -> SheetTable:
    """Set a service's topics against rounds, change and the nation."""
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    years, before = years_of(own(facts)), compared_year(facts)
    means = select(own(facts), statistic=("mean", "index"), unit="")
    country = select(nation(facts), statistic="mean", year=year)
    beside = select(own(facts), statistic="national_difference", unit="", year=year)
    changes = changes_of(canvas, facts, before) if before is not None else {}
    seen = detectable_of(facts, before) if before is not None else {}
    # As in the report's table of the same changes.
    decimals = shared_decimals(changes.values())
    rows = []
    for topic in topics(labels, service):
        last = one(means, statistic="mean", topic=topic, year=year)
        change, differs = changes.get(topic), one(beside, topic=topic)
        visible = seen.get(topic)
        rows.append(
            (
                labels.topic(service, topic),
                *(value_cell(say, one(means, statistic="mean", topic=topic, year=y)) for y in years),
                end_cell(say, last, "low"),
                end_cell(say, last, "high"),
                value_cell(say, one(means, statistic="index", topic=topic, year=year)),
                count_cell(say, last),
                value_cell(say, change, sign=True, decimals=decimals),
                end_cell(say, change, "low", sign=True, decimals=decimals),
                end_cell(say, change, "high", sign=True, decimals=decimals),
                verdict_cell(say, change),
                value_cell(say, visible) if visible else say.text("not given"),
                value_cell(say, one(country, topic=topic)),
                verdict_cell(say, differs),
            )
        )
    head = (
        say.text("Topic"), *(_mean_in(canvas, each) for each in years), *_interval_heads(canvas),
        say.text("Index, 0 to 100"), say.text("Answers"), say.text("Change since the round before"),
        say.text("Change, lower end"), say.text("Change, upper end"), say.text("Assessment of the change"),
        say.text("Visible from"), say.text("All municipalities"), say.text("Beside all municipalities"),
    )  # fmt: skip
    title = say.text("{service}: topics", service=labels.service(service))
    about = (say.text("Visible from: the smallest change that the survey would most likely have found."),)
    return SheetTable("topics", title, title, about, head, tuple(rows))


def units_table(canvas: Canvas, facts: pd.DataFrame, service: str, *, first: str = "") -> SheetTable:
    """Set a service's units against overall satisfaction and dimensions; `first`: the edition's own unit."""
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    parts = [topic for topic in topics(labels, service) if topic.startswith("dimension.")]
    means, differences = units_of(canvas, facts, "overall", first=first)
    expected = ranges_of(facts, "overall")
    every = select(own(facts), statistic="mean", year=year, topic=tuple(parts)) if parts else []
    rates = select(own(facts), statistic="response_rate", year=year)
    rows = tuple(
        (
            labels.unit(mean.unit),
            value_cell(say, mean),
            end_cell(say, mean, "low"),
            end_cell(say, mean, "high"),
            count_cell(say, mean),
            value_cell(say, one(rates, unit=mean.unit)),
            verdict_cell(say, differences.get(mean.unit) if mean.value is not None else mean),
            verdict_cell(say, expected.get(mean.unit) if mean.value is not None else mean),
            *(value_cell(say, one(every, unit=mean.unit, topic=topic)) for topic in parts),
        )
        for mean in means
    )
    head = (
        say.text("Unit"), say.text("Overall satisfaction"), *_interval_heads(canvas), say.text("Answers"),
        say.text("Response rate"), say.text("Beside the other units"), say.text("Beside the expected"),
        *(labels.topic(service, topic) for topic in parts),
    )  # fmt: skip
    title = say.text("{service}: units", service=labels.service(service))
    about = (say.text("Means of {year}. The order is no ranking.", year=year),)
    return SheetTable("units", title, title, about, head, rows)


def items_table(canvas: Canvas, facts: pd.DataFrame, service: str) -> SheetTable:
    """Set a service's questions against mean, answers, and the share of each answer."""
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    low, high = labels.questionnaires[service].scale
    found = select(own(facts), statistic=("mean", "share", "missing_share"), unit="", year=year)
    rows = []
    for item in topics(labels, service, items=True):
        of = [fact for fact in found if fact.topic == item]
        mean = one(of, statistic="mean")
        shares = [one(of, statistic="share", category=str(answer)) for answer in range(low, high + 1)]
        cells: list[Cell] = [labels.topic(service, item), value_cell(say, mean), count_cell(say, mean)]
        cells += [value_cell(say, share) for share in shares]
        rows.append((*cells, value_cell(say, one(of, statistic="missing_share"))))
    head = (
        say.text("Question"), say.text("Mean"), say.text("Answers"),
        *(say.text("Answer {answer}", answer=answer) for answer in range(low, high + 1)),
        say.text("No answer or don't know"),
    )  # fmt: skip
    title = say.text("{service}: questions", service=labels.service(service))
    about = (
        say.text("Shares of the answers as they were given, {year}, from {low} to {high}.",
                 year=year, low=low, high=high),
    )  # fmt: skip
    return SheetTable("items", title, title, about, head, tuple(rows))


def response_table(canvas: Canvas, facts: pd.DataFrame, service: str, *, first: str = "") -> SheetTable:
    """Set a service and its units against who was invited and who answered."""
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    found = select(own(facts), statistic=("respondents", "response_rate"), year=year)
    answered = [fact for fact in found if fact.statistic == "respondents"]
    answered.sort(key=lambda fact: (fact.unit != first, fact.unit != "", labels.unit(fact.unit)))
    rows = []
    for fact in answered:
        rate = one(found, statistic="response_rate", unit=fact.unit)
        rows.append(
            (
                labels.unit(fact.unit) if fact.unit else say.text("The whole service"),
                count_cell(say, fact, "N"),
                count_cell(say, fact),
                value_cell(say, rate),
                end_cell(say, rate, "low"),
                end_cell(say, rate, "high"),
            )
        )
    head = (
        say.text("Unit"), say.text("Invited"), say.text("Answered"), say.text("Response rate"),
        *_interval_heads(canvas),
    )  # fmt: skip
    title = say.text("{service}: who answered", service=labels.service(service))
    about = (say.text("Round in {year}", year=year) + ".",)
    return SheetTable("response", title, title, about, head, tuple(rows))


def _first(facts: Sequence[Fact], service: str, *statistics: str) -> Fact | None:
    # The claim as adjusted over the report; where none was tested there, the service's own says why.
    found = (one(facts, service=service, statistic=statistic) for statistic in statistics)
    return next((fact for fact in found if fact is not None), None)


def _mean_in(canvas: Canvas, year: int) -> str:
    return canvas.language.text("Mean {year}", year=year)


def _interval_heads(canvas: Canvas) -> tuple[str, str]:
    return canvas.language.text("Interval, lower end"), canvas.language.text("Interval, upper end")
