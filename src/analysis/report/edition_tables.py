"""Which tables an edition's workbook holds, made from the facts that the edition's book carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.core.language import Language
from analysis.core.settings import Batch
from analysis.facts import Labels, join, read_facts
from analysis.report.cells import SheetTable
from analysis.report.country_table import country_table
from analysis.report.status_tables import feedback_table, red_lines_table, staff_table
from analysis.report.steering_tables import costs_table, measures_table, targets_table
from analysis.report.tables import (
    findings_table,
    items_table,
    response_table,
    services_table,
    topics_table,
    units_table,
)
from analysis.report.workbook import Titles, write_workbook
from analysis.show import Canvas
from analysis.show.verdicts import BREAK, NOT_MEASURED, SUPPRESSED, UNDECIDED
from analysis.steering.context import Steering
from analysis.steering.editions import BookOf, reader_of, what_is_shown
from analysis.steering.scorecard import CERTAINTY

_OF_STEERING: dict[str, Callable[[Canvas, pd.DataFrame, Steering], SheetTable]] = {
    "targets": targets_table,
    "measures": measures_table,
    "costs": costs_table,
    "red_lines": red_lines_table,
    "feedback": feedback_table,
    "staff": staff_table,
}
_OF_SERVICE: dict[str, Callable[[Canvas, pd.DataFrame, str], SheetTable]] = {
    "topics": topics_table,
    "units": units_table,
    "items": items_table,
    "response": response_table,
}
#: These put the edition's own unit first.
_WITH_UNITS = ("units", "response")


@dataclass(frozen=True)
class Tables:
    """What the workbook of one book is made from.

    own: the municipality's own facts (claims over the report, steering). services: each service's facts, in
    the report's order.
    """

    labels: Labels
    book: BookOf
    services: dict[str, pd.DataFrame]
    own: pd.DataFrame
    steering: Steering | None = None
    caution: int = 30

    def make(self) -> list[SheetTable]:
        """Return the edition's tables; those on steering only where there is a steering file."""
        canvas = self._canvas
        made: list[SheetTable] = []
        for kind in what_is_shown(self.book.edition).tables:
            if kind == "country":
                made.append(country_table(canvas, join(self.services.values())))
            elif kind in ("services", "findings"):
                made.append(self._of_report(canvas, kind))
            elif kind in _OF_STEERING:
                table = self.of_steering(kind)
                made += [table] if table else []
            else:
                own = {"first": self.book.unit} if kind in _WITH_UNITS and self.book.unit else {}
                made += [_OF_SERVICE[kind](canvas, facts, s, **own) for s, facts in self.services.items()]
        return made

    @property
    def _canvas(self) -> Canvas:
        return Canvas(report=False, folder=None, prefix="workbook", labels=self.labels, caution=self.caution)

    def _of_report(self, canvas: Canvas, kind: str) -> SheetTable:
        facts = join([*self.services.values(), self.own])
        # Figures from elsewhere are of years in which nobody was asked.
        rounds = facts.loc[facts["statistic"].eq("mean"), "year"].unique()
        facts = facts[facts["year"].isin(rounds)]
        if kind == "findings":
            return findings_table(canvas, facts)
        return services_table(canvas, facts, tuple(self.services))

    def of_steering(self, kind: str) -> SheetTable | None:
        """Return the table of targets, measures or costs; None where there is no steering file.

        Of a unit, what is adopted for it and where it takes part; None where there is nothing.
        """
        if self.steering is None:
            return None
        own, steering, service = self.own, self.steering, self.book.service
        if kind == "feedback":
            # What speaks against a topic may be the service's own: its corner of the priority map.
            own = join([*self.services.values(), own])
        if service:
            own = own[own["service"].eq(service)]
            measures = tuple(each for each in steering.plan.measures if each.service == service)
            targets = tuple(each for each in steering.plan.targets if each.service == service)
            if unit := self.book.unit:
                measures = tuple(each for each in measures if unit in each.units)
                targets = tuple(each for each in targets if each.unit == unit)
                if not {"measures": measures, "targets": targets, "red_lines": targets}.get(kind):
                    return None
            changed = {"measures": measures, "targets": targets}
            steering = replace(steering, plan=steering.plan.model_copy(update=changed))
        return _OF_STEERING[kind](self._canvas, own, steering)


def write_tables(
    book_folder: Path, book: BookOf, batch: Batch, labels: Labels, *, steering: Steering | None = None
) -> Path:
    """Write the workbook of the book in `book_folder`, from the book's own facts, into its output folder.

    `labels` are the municipality's, with every service's questionnaire in the report's order.
    """
    folder, language = Path(book_folder), Language(batch.language)
    tables = Tables(
        labels=labels,
        book=book,
        services=_services(folder, book, labels),
        own=_own(folder),
        steering=steering,
        caution=batch.disclosure.caution,
    )
    text = language.text
    place = labels.municipality or text("The whole country")
    place = f"{labels.unit(book.unit)}, {place}" if book.unit else place
    marks = [text("Synthetic data")] if batch.synthetic else []
    titles = Titles(
        title=f"{language.pick(batch.title)} ({reader_of(book.edition, language)})",
        place=place,
        marks=". ".join([*marks, text("Draft, not for publication"), language.date(batch.date)]) + ".",
        notes=_notes(batch, language),
    )
    path = folder / "_report" / f"{_stem(folder)}.xlsx"
    return write_workbook(path, tables.make(), titles, language=language, date=batch.date)


def _services(folder: Path, book: BookOf, labels: Labels) -> dict[str, pd.DataFrame]:
    if book.edition == "national":
        facts = read_facts(folder / "facts" / "country.parquet")
        return {service: facts[facts["service"].eq(service)] for service in facts["service"].unique()}
    found = {service: folder / "facts" / f"{service}.parquet" for service in labels.questionnaires}
    return {service: read_facts(path) for service, path in found.items() if path.is_file()}


def _own(folder: Path) -> pd.DataFrame:
    path = folder / "facts" / "municipality.parquet"
    return read_facts(path) if path.is_file() else join([])


def _stem(folder: Path) -> str:
    from analysis.report.embedded import read_book  # noqa: PLC0415 - heavy, and only for the name

    return read_book(folder).stem


def _notes(batch: Batch, language: Language) -> tuple[tuple[str, str], ...]:
    text = language.text
    level = language.percent(batch.level)
    return (
        (text("certain"),
         text("Larger than chance can explain when all that is tested at once is counted in.")),
        (text("no certain change"), text("The survey cannot show a change; there may still be one.")),
        (text("suppressed"),
         text("Hidden, so that no one's answers can be recognised: results are shown from {mean} answers, "
              "distributions and assessments from {distribution}.",
              mean=batch.disclosure.mean, distribution=batch.disclosure.distribution)),
        (text("not measured"), text("Nobody answered, or it was not asked about.")),
        (text("cannot be decided"),
         text("There are too few answers for an assessment; in the scorecard also where no range is probable "
              "enough ({share}).", share=language.percent(CERTAINTY))),
        (text("not comparable"), text("The wording, the scale or the unit was changed between the rounds.")),
        (text("not given"), text("There is no such figure for this row.")),
        (text("Interval"),
         text("The {level} confidence interval: what chance may mean for the result.", level=level)),
        (text("Decimals"),
         text("Numbers are rounded as in the report: one decimal on the questionnaire's scale, two "
              "where one would hide a difference or an interval, none on indexes and per cent; supplied "
              "figures keep the decimals they came with.")),
        (text("Caution"),
         text("Results from fewer than {n} answers should be read with care.", n=batch.disclosure.caution)),
        (text("Signs in the report"), ", ".join(
            f"{sign} {word}" for sign, word in (
                (SUPPRESSED, text("suppressed")), (NOT_MEASURED, text("not measured")),
                (UNDECIDED, text("cannot be decided")), (BREAK, text("not comparable")),
            )
        )),
    )  # fmt: skip
