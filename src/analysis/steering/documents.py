"""Which document a paragraph of the ledger goes to: the next one of the steering model, by the line's use."""

from __future__ import annotations

from analysis.core.settings import Words
from analysis.steering.measures import Purpose
from analysis.steering.model import SteeringModel


def next_document(model: SteeringModel, purpose: Purpose) -> Words:
    """Return the document that a line of the purpose ends in.

    What units work on themselves ends where the model acts on measures; all else ends in its last stage,
    which the council decides. Never the document that once adopted the line's target or measure: that one is
    finished, and what was found now cannot be written into it.
    """
    stages = model.stages
    if purpose == "own_development":
        return next((stage for stage in stages if "measures" in stage.needs), stages[-1]).document
    return stages[-1].document
