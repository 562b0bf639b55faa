"""The blocks a notebook shows: figures, tables, callouts and sentences, made from facts alone."""

from analysis.show.assumptions import say_residuals, tabulate_residuals, write_assumptions
from analysis.show.blocks import Block, Canvas, join
from analysis.show.certain import list_certain
from analysis.show.change import draw_change, headline_change
from analysis.show.comparison_group import tabulate_comparison_group, write_comparison_group
from analysis.show.cost_tables import tabulate_cost_peers, tabulate_cost_quality, tabulate_unit_costs
from analysis.show.cost_words import headline_costs, write_cost_quality
from analysis.show.costs import draw_cost_quality
from analysis.show.country import draw_country, headline_country, tabulate_country
from analysis.show.development import draw_development, headline_development
from analysis.show.distribution import draw_distribution, headline_distribution
from analysis.show.findings import write_front, write_strengths
from analysis.show.funnel import draw_funnel
from analysis.show.groups import tabulate_groups, tabulate_weighted
from analysis.show.influence import say_differing, say_influence, tabulate_influence
from analysis.show.items import tabulate_extremes, tabulate_items
from analysis.show.learning import write_learning
from analysis.show.ledger import tabulate_ledger, write_ledger_chapter
from analysis.show.model_cycle import draw_model
from analysis.show.model_words import headline_model, tabulate_model, write_followed
from analysis.show.nation import tabulate_nation, tabulate_peers
from analysis.show.next_survey import headline_next_survey, tabulate_next_survey
from analysis.show.openings import headline_nation, headline_report, write_lead, write_quality
from analysis.show.order import write_order_check
from analysis.show.own_unit import headline_own_topics, headline_own_unit, tabulate_own_unit, write_own_unit
from analysis.show.preserve import write_preserve_improve
from analysis.show.priorities import draw_priorities
from analysis.show.priority_words import headline_priorities
from analysis.show.quality import say_suppressed, tabulate_missing, tabulate_reliability, tabulate_rows
from analysis.show.red_lines import headline_red_lines, write_red_lines
from analysis.show.response import draw_response, headline_response
from analysis.show.scorecard import headline_level, tabulate_scorecard
from analysis.show.services import tabulate_services
from analysis.show.shrunken import tabulate_shrunken
from analysis.show.status import headline_status, write_status_report
from analysis.show.style import drawing
from analysis.show.targets import headline_targets, tabulate_targets
from analysis.show.text import write_callout, write_heading, write_list, write_paragraph
from analysis.show.unit_dialogue import write_unit_dialogue
from analysis.show.unit_findings import headline_units
from analysis.show.unit_table import tabulate_units
from analysis.show.units import draw_units
from analysis.show.wheel import draw_wheel

__all__ = [
    "Block",
    "Canvas",
    "draw_change",
    "draw_cost_quality",
    "draw_country",
    "draw_development",
    "draw_distribution",
    "draw_funnel",
    "draw_model",
    "draw_priorities",
    "draw_response",
    "draw_units",
    "draw_wheel",
    "drawing",
    "headline_change",
    "headline_costs",
    "headline_country",
    "headline_development",
    "headline_distribution",
    "headline_level",
    "headline_model",
    "headline_nation",
    "headline_next_survey",
    "headline_own_topics",
    "headline_own_unit",
    "headline_priorities",
    "headline_red_lines",
    "headline_report",
    "headline_response",
    "headline_status",
    "headline_targets",
    "headline_units",
    "join",
    "list_certain",
    "say_differing",
    "say_influence",
    "say_residuals",
    "say_suppressed",
    "tabulate_comparison_group",
    "tabulate_cost_peers",
    "tabulate_cost_quality",
    "tabulate_country",
    "tabulate_extremes",
    "tabulate_groups",
    "tabulate_influence",
    "tabulate_items",
    "tabulate_ledger",
    "tabulate_missing",
    "tabulate_model",
    "tabulate_nation",
    "tabulate_next_survey",
    "tabulate_own_unit",
    "tabulate_peers",
    "tabulate_reliability",
    "tabulate_residuals",
    "tabulate_rows",
    "tabulate_scorecard",
    "tabulate_services",
    "tabulate_shrunken",
    "tabulate_targets",
    "tabulate_unit_costs",
    "tabulate_units",
    "tabulate_weighted",
    "write_assumptions",
    "write_callout",
    "write_comparison_group",
    "write_cost_quality",
    "write_followed",
    "write_front",
    "write_heading",
    "write_lead",
    "write_learning",
    "write_ledger_chapter",
    "write_list",
    "write_order_check",
    "write_own_unit",
    "write_paragraph",
    "write_preserve_improve",
    "write_quality",
    "write_red_lines",
    "write_status_report",
    "write_strengths",
    "write_unit_dialogue",
]
