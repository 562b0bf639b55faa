"""The blocks a notebook shows: figures, tables, callouts and sentences, made from facts alone."""

from analysis.show.assumptions import (
    say_influence,
    say_residuals,
    tabulate_influence,
    tabulate_residuals,
    write_assumptions,
)
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import draw_change, headline_change
from analysis.show.development import draw_development, headline_development
from analysis.show.distribution import draw_distribution, headline_distribution
from analysis.show.findings import list_certain, write_front, write_strengths
from analysis.show.funnel import draw_funnel
from analysis.show.groups import tabulate_groups, tabulate_weighted
from analysis.show.items import tabulate_extremes, tabulate_items
from analysis.show.nation import tabulate_nation, tabulate_peers
from analysis.show.openings import headline_nation, headline_report, write_lead, write_quality
from analysis.show.order import write_order_check
from analysis.show.priorities import draw_priorities
from analysis.show.priority_words import headline_priorities
from analysis.show.quality import say_suppressed, tabulate_missing, tabulate_reliability, tabulate_rows
from analysis.show.response import draw_response, headline_response
from analysis.show.scorecard import headline_level, tabulate_scorecard
from analysis.show.services import tabulate_services
from analysis.show.shrunken import tabulate_shrunken
from analysis.show.text import write_callout, write_heading, write_list, write_paragraph
from analysis.show.unit_findings import headline_units
from analysis.show.unit_table import tabulate_units
from analysis.show.units import draw_units

__all__ = [
    "Block",
    "Canvas",
    "draw_change",
    "draw_development",
    "draw_distribution",
    "draw_funnel",
    "draw_priorities",
    "draw_response",
    "draw_units",
    "headline_change",
    "headline_development",
    "headline_distribution",
    "headline_level",
    "headline_nation",
    "headline_priorities",
    "headline_report",
    "headline_response",
    "headline_units",
    "join",
    "list_certain",
    "say_influence",
    "say_residuals",
    "say_suppressed",
    "tabulate_extremes",
    "tabulate_groups",
    "tabulate_influence",
    "tabulate_items",
    "tabulate_missing",
    "tabulate_nation",
    "tabulate_peers",
    "tabulate_reliability",
    "tabulate_residuals",
    "tabulate_rows",
    "tabulate_scorecard",
    "tabulate_services",
    "tabulate_shrunken",
    "tabulate_units",
    "tabulate_weighted",
    "write_assumptions",
    "write_callout",
    "write_front",
    "write_heading",
    "write_lead",
    "write_list",
    "write_order_check",
    "write_paragraph",
    "write_quality",
    "write_strengths",
]
