"""What the steering chapters' messages claim, of the subject before them or as counts."""

from __future__ import annotations

#: Blocks of the municipality's notebook that are read with the plan's targets and measures at hand.
BLOCKS = tuple(
    f"municipality.{cell}"
    for cell in (
        "targets-heading", "targets", "red-heading", "red-lines", "model-heading", "model", "model-table",
        "followed", "ledger", "costs-heading", "costs-words", "costs", "costs-table", "costs-peers",
        "status-heading", "status", "preserve", "next",
    )
)  # fmt: skip

#: Said of the topic before the text, in the status report's chapter: why it stands there.
#: By message: the note of its fact, the statistic that must say so, and the verdict.
REASONS = {
    "Certainly better than last time.": ("rise", "change", "higher"),
    "Certainly poorer than last time.": ("fall", "change", "lower"),
    "Certainly above the municipalities' mean.": ("above", "national_difference", "higher"),
    "Certainly below the municipalities' mean.": ("below", "national_difference", "lower"),
    "Among the service's highest results.": ("strength", "", ""),
    "Among the service's lowest results.": ("improvement", "", ""),
    "Highest of the others, not certain.": ("highest", "", ""),
    "Lowest of the others, not certain.": ("lowest", "", ""),
}

#: What speaks for or against a topic, after "but": the statistic that must say so, and the verdict.
BUT = {
    "certainly better than last time": ("change", "higher"),
    "certainly poorer than last time": ("change", "lower"),
    "certainly above the municipalities' mean": ("national_difference", "higher"),
    "certainly below the municipalities' mean": ("national_difference", "lower"),
    "certainly above the comparison group's mean": ("peer_difference", "higher"),
    "certainly below the comparison group's mean": ("peer_difference", "lower"),
    "with the desired result by its target": ("target_status", "desired"),
    "with an unacceptable result by its target": ("target_status", "unacceptable"),
    "in the priority map's corner to preserve": ("priority", "preserve"),
    "in the priority map's corner to prioritise": ("priority", "prioritise"),
}

#: A target is met or not, and names no direction.
_BUT_OF_A_DIRECTION = {message for message, (statistic, _) in BUT.items() if statistic != "target_status"}

_COST = (
    "The cost per user was {value} in {year}, among the %s quarter of {number} other municipalities, whose "
    "middle half lies at {middle}."
)
_SATISFIED = "Overall satisfaction is {mean} ({interval}), certainly %s the mean of the municipalities."
#: Said of the service before the text: the statistic, the topic and the verdict.
COSTS = {
    _COST % "highest": ("cost_per_user", "indicator.cost_per_user", "highest_quarter"),
    _COST % "lowest": ("cost_per_user", "indicator.cost_per_user", "lowest_quarter"),
    _SATISFIED % "above": ("national_difference", "overall", "higher"),
    _SATISFIED % "below": ("national_difference", "overall", "lower"),
}
#: Headings over the costs: what each field names, all of them.
COST_HEADINGS = {
    "Cost among the highest quarter: {high}; among the lowest: {low}": {
        "high": "highest_quarter",
        "low": "lowest_quarter",
    },
    "Cost among the highest quarter: {high}": {"high": "highest_quarter"},
    "Cost among the lowest quarter: {low}": {"low": "lowest_quarter"},
}

#: Where a target stands, and what came of a measure: sign and word of each verdict.
BANDS = {
    "desired": ("▲", "desired"),
    "acceptable": ("●", "acceptable"),
    "unacceptable": ("▼", "unacceptable"),
}
OUTCOMES = {"worked": ("▲", "worked"), "worse": ("▼", "went the wrong way")}
_SHOWN = (
    "{value} on the scale {scale} for {topic}, compared with those without it ({level} confidence interval "
    "{interval})."
)
#: Sentences on what came of a measure, by verdict.
JUDGED = {
    "worked": f"The survey of {{year}} shows that the measure worked: {_SHOWN}",
    "worse": f"The survey of {{year}} shows that it went the wrong way with the measure: {_SHOWN}",
}

_CLAIMS = ("report_change", "report_national_difference", "report_unit_difference")
#: Numbers with a word: sign, the word's message (or both forms of it), the statistics and verdicts counted.
COUNTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("▲", ("desired",), ("target_status",), ("desired",)),
    ("●", ("acceptable",), ("target_status",), ("acceptable",)),
    ("▼", ("unacceptable",), ("target_status",), ("unacceptable",)),
    ("▲", ("worked",), ("measure_effect",), ("worked",)),
    ("▼", ("made it worse",), ("measure_effect",), ("worse",)),
    ("▲", ("{n} certain positive finding", "{n} certain positive findings"), _CLAIMS, ("higher", "above")),
    ("▼", ("{n} certain negative finding", "{n} certain negative findings"), _CLAIMS, ("lower", "below")),
    ("", ("{n} strength to preserve", "{n} strengths to preserve"), ("strength",), ("",)),
    ("", ("{n} point to improve", "{n} points to improve"), ("improvement",), ("",)),
)
#: How many changes are certain over the report, in a heading: the fields and what each counts.
RISES = "Certain rises: {better}, certain falls: {worse}"
#: A target that is acceptable and on its way out of the range.
WORSE = "acceptable, but certainly worse"
#: The two kinds of rows in the table of what to preserve and improve, and the sides of the feedback.
KINDS = {"Preserve": ("▲", "service_strength"), "Improve": ("▼", "service_improvement")}
SIDES = {
    "Positive feedback": ("▲", "feedback_positive"),
    "Negative feedback": ("▼", "feedback_negative"),
}
#: A sign before a word that is advice: how few are best asked, which is no result of theirs.
ADVICE = ("▼", "ask in another way")
#: The bounds of a probability, which is never written as all or nothing: the message and its share.
BOUNDS = {"over {share}": 0.99, "under {share}": 0.01}
#: Every message here that holds a direction word.
CLAIMED = frozenset(
    {*REASONS, *_BUT_OF_A_DIRECTION, *COSTS, *COST_HEADINGS, RISES, WORSE, "made it worse", *KINDS, *BOUNDS}
    | {form for _, forms, _, _ in COUNTS for form in forms if "strength" in form or "point" in form}
)
