"""From results to steering: targets, measures, the ledger, costs, the status report and the year wheel."""

from analysis.steering.context import Steering, open_steering
from analysis.steering.costs import cost_facts
from analysis.steering.drawing_up import draw_up
from analysis.steering.elsewhere import Elsewhere, scores_elsewhere
from analysis.steering.evaluation import measure_facts, shown_scores
from analysis.steering.ledger import Ledger
from analysis.steering.ledger_file import keep_ledger, previous_ledger, read_ledger, write_ledger
from analysis.steering.next_survey import next_survey_facts
from analysis.steering.peers import Peers, nearest_of_all, peer_facts, same_group
from analysis.steering.peers import nearest as nearest_peers
from analysis.steering.preserve import preserve_facts
from analysis.steering.scorecard import target_facts
from analysis.steering.status import status_facts
from analysis.steering.wheel import events, write_calendar

__all__ = [
    "Elsewhere",
    "Ledger",
    "Peers",
    "Steering",
    "cost_facts",
    "draw_up",
    "events",
    "keep_ledger",
    "measure_facts",
    "nearest_of_all",
    "nearest_peers",
    "next_survey_facts",
    "open_steering",
    "peer_facts",
    "preserve_facts",
    "previous_ledger",
    "read_ledger",
    "same_group",
    "scores_elsewhere",
    "shown_scores",
    "status_facts",
    "target_facts",
    "write_calendar",
    "write_ledger",
]
