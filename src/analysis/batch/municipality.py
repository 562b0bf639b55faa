"""All services of one municipality together: what the notebook of the municipality has once it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.batch.context import Run, minimum_of
from analysis.core.names import CALENDAR
from analysis.facts import (
    Labels,
    ServiceSurvey,
    join,
    protect,
    report_claims,
    strengths_and_improvements,
    tabulate,
    totals,
)
from analysis.show import Canvas
from analysis.steering import (
    Elsewhere,
    Ledger,
    Peers,
    Steering,
    cost_facts,
    draw_up,
    events,
    measure_facts,
    next_survey_facts,
    peer_facts,
    preserve_facts,
    shown_scores,
    status_facts,
    target_facts,
    write_calendar,
    write_ledger,
)

LEDGER = "ledger.json"


@dataclass(frozen=True)
class MunicipalityRun(Run):
    """All services of one municipality: `facts` holds theirs, joined; `surveys` their answers by service."""

    municipality: str
    services: tuple[str, ...]
    facts: pd.DataFrame
    respondents: pd.Series
    surveys: Mapping[str, ServiceSurvey]
    steering: Steering
    labels: Labels
    canvas: Canvas
    peers: Peers | None = None
    elsewhere: Elsewhere | None = None

    @property
    def names(self) -> dict[str, str]:
        """All municipalities' names, by code."""
        register = self.store.municipalities()
        return dict(zip(register["code"], register["name"], strict=True))

    def measure(self) -> pd.DataFrame:
        """Give the facts that draw on more than one service, or on the municipality's steering file."""
        own = join(
            {
                "front": totals(self.facts, self.respondents, municipality=self.municipality),
                "certain": report_claims(self.facts),
                "comparison": peer_facts(self.peers, year=self.batch.year) if self.peers else tabulate(()),
            }
        )
        targets = target_facts(
            self.joined(own),
            self.steering,
            municipality=self.municipality,
            questionnaires=self.labels.questionnaires,
            thresholds=self.batch.disclosure,
        )
        # What is a strength hangs on what is certain over the report, and on where targets stand.
        own = join([own, join({"targets": targets})])
        known = self.joined(own)
        strengths = strengths_and_improvements(known, thresholds=self.batch.disclosure)
        parts = [own, join({"strengths": strengths}), self._steering_facts(known)]
        return protect(join(parts), self.batch.disclosure)

    def joined(self, own: pd.DataFrame) -> pd.DataFrame:
        """Put the report's own facts under those of its services."""
        return join([self.facts, own])

    def ledger(self, facts: pd.DataFrame) -> Ledger:
        """Draw up this round's ledger from all facts and the ledger of the round before.

        Raises SettingsError where a measure of that one has no line on its outcome.
        """
        return draw_up(facts, self.steering, self.steering.previous)

    def finish(self, table: pd.DataFrame) -> None:
        """Save the ledger and the year wheel's calendar, then the facts, as the last thing a run does."""
        if self.output is not None:
            write_ledger(self.ledger(self.joined(table)), self.output / LEDGER)
            write_calendar(
                events(self.steering.plan.wheel, self.steering.years),
                self.output / CALENDAR,
                self.labels.language,
                municipality=self.municipality,
                name=self.labels.municipality,
                date=self.batch.date,
            )
        super().finish(table)

    def _steering_facts(self, facts: pd.DataFrame) -> pd.DataFrame:
        thresholds = self.batch.disclosure
        return join(
            {
                "measures": measure_facts(
                    self.steering,
                    shown_scores(self.surveys, facts),
                    municipality=self.municipality,
                    facts=facts,
                    level=self.batch.level,
                    elsewhere=self.elsewhere,
                    thresholds=thresholds,
                ),
                "costs": cost_facts(
                    facts,
                    self.steering,
                    peer_group=self.peers.name if self.peers else "",
                    peers=self.peers.members if self.peers else (),
                    minimum_municipalities=minimum_of(self.batch),
                    thresholds=thresholds,
                ),
                "status": status_facts(facts, self.steering, thresholds=thresholds),
                "preserve": preserve_facts(facts, self.steering, thresholds=thresholds),
                "next": next_survey_facts(
                    facts,
                    self.steering,
                    self.store.frame(municipality=self.municipality),
                    thresholds=thresholds,
                    level=self.batch.level,
                ),
            }
        )
