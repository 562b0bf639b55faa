"""The blocks a notebook shows: figures, tables, callouts and sentences, made from facts alone."""

from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import draw_change, headline_change
from analysis.show.development import draw_development, headline_development
from analysis.show.distribution import draw_distribution, headline_distribution
from analysis.show.findings import list_certain, write_front, write_strengths
from analysis.show.items import tabulate_extremes, tabulate_items
from analysis.show.openings import headline_nation, headline_report, write_lead, write_quality
from analysis.show.quality import say_suppressed, tabulate_missing, tabulate_reliability, tabulate_rows
from analysis.show.response import draw_response, headline_response
from analysis.show.scorecard import headline_level, tabulate_nation, tabulate_scorecard
from analysis.show.services import tabulate_services
from analysis.show.text import write_callout, write_heading, write_list, write_paragraph
from analysis.show.unit_table import tabulate_units
from analysis.show.units import draw_units, headline_units

__all__ = [
    "Block",
    "Canvas",
    "draw_change",
    "draw_development",
    "draw_distribution",
    "draw_response",
    "draw_units",
    "headline_change",
    "headline_development",
    "headline_distribution",
    "headline_level",
    "headline_nation",
    "headline_report",
    "headline_response",
    "headline_units",
    "join",
    "list_certain",
    "say_suppressed",
    "tabulate_extremes",
    "tabulate_items",
    "tabulate_missing",
    "tabulate_nation",
    "tabulate_reliability",
    "tabulate_rows",
    "tabulate_scorecard",
    "tabulate_services",
    "tabulate_units",
    "write_callout",
    "write_front",
    "write_heading",
    "write_lead",
    "write_list",
    "write_paragraph",
    "write_quality",
    "write_strengths",
]
