"""The one table behind everything that is shown: facts, disclosure control, and words for facts."""

from analysis.facts.country import Country, gather, grouped
from analysis.facts.disclosure import protect
from analysis.facts.findings import report_claims, strengths_and_improvements, totals
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.labels import Labels
from analysis.facts.prepared import prepare
from analysis.facts.reference import describe_country
from analysis.facts.service import describe_service
from analysis.facts.table import Fact, join, read_facts, read_together, tabulate, told_of, write_facts

__all__ = [
    "Country",
    "Fact",
    "Labels",
    "ServiceSurvey",
    "describe_country",
    "describe_service",
    "gather",
    "grouped",
    "join",
    "prepare",
    "protect",
    "read_facts",
    "read_together",
    "report_claims",
    "strengths_and_improvements",
    "tabulate",
    "told_of",
    "totals",
    "write_facts",
]
