"""Units of other municipalities that measures may be compared with: whose, how near, and what of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.disclosure import protect
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, join, tabulate

#: Service and topic in, a row a respondent out: `unit`, `year`, `score`; of cells that may be shown alone.
Scores = Callable[[str, str], pd.DataFrame]
#: How facts call a comparison with units of all other municipalities.
ALL_OTHERS = "other_municipalities"
_CELL = ["municipality", "unit", "year"]


@dataclass(frozen=True)
class Elsewhere:
    """What measures may be compared with beyond the municipality itself.

    scores_of: of all other municipalities, with a column `municipality`; unit ids are their own.
    group: the name of the municipality's comparison group, "" for none.
    peers: the others in it.
    fewest: with fewer other municipalities than this nothing is compared.
    """

    scores_of: Scores
    group: str = ""
    peers: frozenset[str] = frozenset()
    fewest: int = 3

    def circles(self, rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give the comparison group's rows, then those of all others, each with what facts call it."""
        if self.peers:
            yield f"peers.{self.group}", rows[rows["municipality"].isin(self.peers)]
        yield ALL_OTHERS, rows


def scores_elsewhere(surveys: Callable[[str], ServiceSurvey], thresholds: Disclosure) -> Scores:
    """Give the scores of other municipalities' units, of cells that their own reports show.

    surveys: a service's answers in all other municipalities, as if they were one; asked for once a service.
    """
    opened: dict[str, ServiceSurvey] = {}

    def scores_of(service: str, topic: str) -> pd.DataFrame:
        if service not in opened:
            opened[service] = surveys(service)
        return _shown(opened[service], topic, thresholds)

    return scores_of


def _shown(survey: ServiceSurvey, topic: str, thresholds: Disclosure) -> pd.DataFrame:
    rows = _placed(survey, survey.pooled(topic))
    # A question's cells go with the overall ones, as in the municipality's own units.
    judged_by = "overall" if topic.startswith("item.") else topic
    facts = join([_means(survey, judged_by), _counts(survey)])
    shown = protect(facts, thresholds)
    means = shown[shown["statistic"].eq("mean") & shown["state"].eq("measured") & shown["unit"].ne("")]
    cells = means[_CELL].astype({"year": rows["year"].dtype})
    return rows.merge(cells, on=_CELL)


def _placed(survey: ServiceSurvey, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(municipality=survey.responses["municipality"].take(rows.index))


def _means(survey: ServiceSurvey, topic: str) -> pd.DataFrame:
    every = survey.values(topic)
    rows = _placed(survey, survey.responses[["unit", "year"]].take(every.index)).assign(score=every)
    facts: list[Fact] = []
    for columns in (_CELL, ["municipality", "year"]):
        cells = rows.groupby(columns, sort=True)["score"].agg(["size", "mean", "min", "max"]).reset_index()
        facts += [
            Fact(
                statistic="mean", municipality=row["municipality"], service=survey.service,
                unit=row.get("unit", ""), year=int(row["year"]), topic=topic, value=row["mean"],
                n=int(row["size"]), scale=survey.scale, note="unanimous" if row["min"] == row["max"] else "",
            )
            for row in cells.to_dict("records")
        ]  # fmt: skip
    return tabulate(facts)


def _counts(survey: ServiceSurvey) -> pd.DataFrame:
    facts: list[Fact] = []
    for columns in (_CELL, ["municipality", "year"]):
        sizes = survey.responses.groupby(columns, sort=True).size()
        for key, n in sizes.items():
            place = dict(zip(columns, key, strict=True)) | {"year": int(key[-1]), "service": survey.service}
            facts.append(Fact(statistic="respondents", **place, value=float(n), n=int(n), scale="count"))
    return tabulate(facts)
