"""The steering ledger: a line from each finding to what is done about it, and what came of that."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.settings import Code, Words, Year
from analysis.steering.measures import Purpose, Status

#: The form of ledgers that this version writes.
VERSION = 1

#: What a line begins with, what calls for something first: where a subject has several findings, the first
#: of these names the line. `measure`: nothing new was found, the line follows a measure up.
FindingKind = Literal[
    "target_unacceptable",
    "fall",
    "unit_below",
    "below_others",
    "improvement",
    "target_undecided",
    "rise",
    "unit_above",
    "above_others",
    "strength",
    "measure",
]
#: What the users are asked: what should be otherwise, what should stay, what it takes to reach a target,
#: what the survey could not tell, whether a measure is noticed.
Question = Literal["change", "keep", "reach", "listen", "follow_up"]
#: What the steering document is told: what came of a measure, what was decided, what is proposed, a finding.
Paragraph = Literal["outcome", "decided", "proposed", "finding"]
#: What a survey said of a measure; `reported`: told in words by the municipality alone.
OutcomeCode = Literal["worked", "no_certain_effect", "worse", "cannot_judge", "reported"]
#: KL's two uses of a survey that a report keeps apart.
Use = Literal["steering_chain", "own_development"]

#: Measures that the next round must hear of.
AWAITED: tuple[Status, ...] = ("running", "finished")


class Evaluation(yaml.Settings):
    """What is known of a measure after the survey of `year`: a `measure_effect` fact, words of the plan's."""

    year: Year
    outcome: OutcomeCode
    fact: str = Field("", description="fact id of the measure_effect")
    words: Words | None = None

    @model_validator(mode="after")
    def _grounded(self) -> Evaluation:
        if not self.fact and self.words is None:
            raise ValueError("a fact or words that say what came of the measure")
        return self


class LedgerLine(yaml.Settings):
    """One line. Ids and codes alone: sentences are made in the reader's language from facts and the plan.

    `units` empty: the whole service. `findings` are fact ids of the round `since` which the line was last
    found in, `finding_kind` the first of theirs. `measure` "": none yet, and then `status` is `open`.
    """

    id: str
    since: Year = Field(description="the round in which the line was first drawn up")
    service: Code
    units: tuple[Code, ...] = ()
    topic: str
    finding_kind: FindingKind
    findings: tuple[str, ...] = ()
    question: Question
    targets: tuple[Code, ...] = Field((), description="for the result dialogue: achieved against adopted")
    measure: Code | Literal[""] = ""
    purpose: Purpose = "steering"
    paragraph: Paragraph = "finding"
    document: Words | None = Field(None, description="the steering document that the paragraph is for")
    evaluation: Evaluation | None = None
    status: Status | Literal["open"] = "open"

    @property
    def use(self) -> Use:
        """Which of the two uses the line belongs to."""
        return "own_development" if self.purpose == "own_development" else "steering_chain"

    @model_validator(mode="after")
    def _fits(self) -> LedgerLine:
        if (self.measure == "") != (self.status == "open"):
            raise ValueError("the status open where there is no measure, and there alone")
        return self


class Ledger(yaml.Settings):
    """All lines of one municipality's round."""

    version: int = VERSION
    municipality: Code
    year: Year
    lines: tuple[LedgerLine, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Ledger:
        ids = [line.id for line in self.lines]
        twice = sorted({id for id in ids if ids.count(id) > 1})
        if twice:
            raise ValueError(f"every line once, found twice: {twice}")
        return self

    def line_of(self, measure: str) -> LedgerLine | None:
        """Return the line of a measure, None where there is none."""
        return next((line for line in self.lines if line.measure == measure), None)
