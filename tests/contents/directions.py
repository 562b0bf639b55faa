"""Words that say a direction, and the messages that hold them: what each claims, or why it claims nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Every word that says better or worse, more or less, up or down; whole words, whatever the case.
VOCABULARY = {
    "nb": """
        over|under|opp|ned|oppover|nedover|høyere|høyest|høyeste|lavere|lavest|laveste|bedre|best|beste
        |verre|verst|verste|dårligere|dårligst|dårligste|svakere|svakest|svakeste|sterkere|sterkest|sterkeste
        |styrke|styrker|økning|økninger|øke|øker|økt|økte|økende|oppgang|nedgang|framgang|fremgang|tilbakegang
        |vekst|vokser|vokst|stige|stiger|steg|steget|stigning|stigende|falle|faller|falt|fall|fallende|sank
        |synke|synker|sunket|synkende|reduksjon|redusert|forbedre|forbedrer|forbedret|forbedring|forbedringer
        |forbedringspunkt|forbedringspunkter|bevaringspunkt|bevaringspunkter|forverret|forverring|flest
        |færrest|(?:mer|mindre|mest|minst)\\ fornøyd|(?:mer|mindre|mest|minst)\\ fornøyde|prioriter|bevar
    """,
    "en": """
        above|over|below|under|up|down|upwards|downwards|higher|highest|lower|lowest|better|best|worse|worst
        |poorer|poorest|weaker|weakest|stronger|strongest|strength|strengths|rise|rises|rising|rose|risen|fall
        |falls|falling|fell|fallen|grow|grows|grew|growth|increase|increases|increased|increasing|decrease
        |decreases|decreased|decline|declines|declined|drop|drops|dropped|gain|gains|loss|losses|improve
        |improves|improved|improving|improvement|improvements|worsen|worsens|worsened|fewest
        |(?:more|less|most|least)\\ satisfied|prioritise|preserve
    """,
}
SIGNS = "▲▼↑↓↗↘△▽"


def direction_words(language: str) -> re.Pattern[str]:
    """Return the pattern of all words and signs that say a direction."""
    words = re.sub(r"(?<!\\)\s+", "", VOCABULARY[language])
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)|[{SIGNS}]", re.IGNORECASE)


@dataclass(frozen=True)
class Says:
    """What a message claims of the subjects that a field names: a statistic's verdict.

    `every`: it names all of which that is true, so one that is missing is a fault too.
    """

    field: str
    statistic: str
    verdict: str
    every: bool = False


def _all(field: str, statistic: str, verdict: str) -> Says:
    return Says(field, statistic, verdict, every=True)


_NATION, _UNIT, _RANGE = "national_difference", "unit_difference", "expected_range"
#: Messages that name their subjects, by msgid.
SENTENCES: dict[str, tuple[Says, ...]] = {
    "Certain rise in {up} since {before}": (_all("up", "change", "higher"),),
    "Certain fall in {down} since {before}": (_all("down", "change", "lower"),),
    "Certain rise in {up} and fall in {down} since {before}": (
        _all("up", "change", "higher"), _all("down", "change", "lower"),
    ),
    "{topic}: certain rise since {year}, {value} ({interval}).": (Says("topic", "change", "higher"),),
    "{topic}: certain fall since {year}, {value} ({interval}).": (Says("topic", "change", "lower"),),
    "{service}: certain rise in {topic}": (Says("topic", "change", "higher"),),
    "{service}: certain fall in {topic}": (Says("topic", "change", "lower"),),
    "Above the mean of the municipalities: {topics}": (_all("topics", _NATION, "higher"),),
    "Below the mean of the municipalities: {topics}": (_all("topics", _NATION, "lower"),),
    "Above the mean of the municipalities: {names}.": (_all("names", _NATION, "higher"),),
    "Below the mean of the municipalities: {names}.": (_all("names", _NATION, "lower"),),
    "Above the mean of the municipalities on some topics, below on others": (
        Says("", _NATION, "higher"), Says("", _NATION, "lower"),
    ),
    "{topic} {mean} of {high}, above the mean of all municipalities": (Says("topic", _NATION, "higher"),),
    "{topic} {mean} of {high}, below the mean of all municipalities": (Says("topic", _NATION, "lower"),),
    "{topic}: above the mean of {number} municipalities ({mean}), {value} ({interval}).": (
        Says("topic", _NATION, "higher"),
    ),
    "{topic}: below the mean of {number} municipalities ({mean}), {value} ({interval}).": (
        Says("topic", _NATION, "lower"),
    ),
    "{high} above the other {units}, {low} below": (
        _all("high", _UNIT, "above"), _all("low", _UNIT, "below"),
    ),
    "{high} above the other {units}": (_all("high", _UNIT, "above"),),
    "{low} below the other {units}": (_all("low", _UNIT, "below"),),
    "{high} above what is expected, {low} below": (
        _all("high", _RANGE, "above"), _all("low", _RANGE, "below"),
    ),
    "{high} above what is expected": (_all("high", _RANGE, "above"),),
    "{low} below what is expected": (_all("low", _RANGE, "below"),),
    "Units certainly above the others: {names}.": (_all("names", _UNIT, "above"),),
    "Units certainly below the others: {names}.": (_all("names", _UNIT, "below"),),
    "{unit}, {topic}: above the other {units}, {value} ({interval}).": (Says("topic", _UNIT, "above"),),
    "{unit}, {topic}: below the other {units}, {value} ({interval}).": (Says("topic", _UNIT, "below"),),
    "Prioritise {topics}, preserve {others}": (
        _all("topics", "priority", "prioritise"), _all("others", "priority", "preserve"),
    ),
    "Prioritise {topics}": (_all("topics", "priority", "prioritise"),),
    "Preserve {topics}": (_all("topics", "priority", "preserve"),),
    "Most give high answers to «{most}» ({high}), fewest to «{least}» ({low})": (
        Says("most", "top_box", "most"), Says("least", "top_box", "fewest"),
    ),
    "On {topics} more than {share} lie at the top of the scale: there results can hardly become higher, "
    "and differences among the most satisfied do not show.": (_all("topics", "ceiling", "full"),),
}  # fmt: skip

#: Words beside a subject, in a cell or an alternative text: their sign, what they are said of, the verdict.
WORDS: dict[str, tuple[str, str, str]] = {
    "certain rise": ("▲", "change", "higher"),
    "certain fall": ("▼", "change", "lower"),
    "certainly higher": ("▲", "difference", "higher"),
    "certainly lower": ("▼", "difference", "lower"),
    "above the others": ("▲", _UNIT, "above"),
    "below the others": ("▼", _UNIT, "below"),
    "above the expected": ("▲", _RANGE, "above"),
    "below the expected": ("▼", _RANGE, "below"),
    "prioritise": ("", "priority", "prioritise"),
    "preserve": ("", "priority", "preserve"),
    "improve if possible": ("", "priority", "improve_if_possible"),
    "lower priority": ("", "priority", "lower_priority"),
}

#: The heads of the two columns of findings: what stands under them is read as a claim.
FINDINGS = {"Strengths to preserve": ("▲", "strength"), "Points to improve": ("▼", "improvement")}

#: Messages that hold such a word and say nothing of any result, with the reason.
STATIC = {
    "▲ and ▼: certainly above or below, with all units tested at once.": "says what the marks mean",
    "Means by {unit}, {year}, with {level} confidence intervals. ▲ certainly above and ▼ certainly below the "
    "others; ⊘ suppressed, so that no one's answers can be recognised.": "says what the marks mean",
    "Only those certainly above or below are named.": "says which names a figure has",
    "It is an association, not an effect: it does not say that a higher result makes users satisfied.": (
        "warns of reading an effect"
    ),
    "The results lie too close to each other to tell highest from lowest with certainty.": (
        "says that nothing stands out"
    ),
    "No strengths or points to improve stand out": "says that nothing stands out",
    "Strengths to preserve and points to improve, {year}: the highest and the lowest results of all services "
    "in points from 0 to 100, as many of each, with {level} confidence intervals.": "says what a table lists",
    "{service}: every item, {year}, with {level} confidence interval. High and low are the shares of the two "
    "best and the two poorest answers. Where a low answer is the good one, the item is turned.": (
        "says which answers count as high"
    ),
    "{service}: answers in {year} in per cent, from {low} (lowest) to {high} (highest). The line is the "
    "middle of the scale; shares under {least} are not labelled.": "names the ends of the scale",
    "{service}: how scores in all rounds lie around their own unit's mean. Skewness and kurtosis are 0 in a "
    "normal distribution; far out is the share beyond 1.96 standard deviations, where {share} is expected; "
    "at the top is the share of scores at the highest answer in {year}.": "names the end of the scale",
    "About {share} give high answers to each item": "in Norwegian: the two best answers of the scale",
    "Between {low} and {high} give high answers to each item": "in Norwegian: the two best answers",
    "From {low} to {high} give high answers, by question": "in Norwegian: the two best answers",
    "The change is measured within the units over all rounds, so it can differ from the difference between "
    "the two means.": "'over' is through all rounds",
    "What is certain over the whole report:": "'over' is in all of the report",
    "Over all services together there is no certain change or difference.": "'over' is in all services",
    "No certain change over all services": "'over' is in all services",
    "What to prioritise cannot be decided": "says that nothing is decided",
    "unit closed before the round": "in Norwegian: shut down",
}

#: Messages that are only drawn, or stand in blocks that no notebook shows: never taken out of a text.
NOT_IN_TEXT = {
    "Prioritise": "a quadrant's name in the figure",
    "Preserve": "a quadrant's name in the figure",
    "Improve if possible": "a quadrant's name in the figure",
    "Lower priority": "a quadrant's name in the figure",
    "highest": "the end of a scale in a figure",
    "lowest": "the end of a scale in a figure",
    "Highest": "the table of extremes, which stands in no report",
    "Lowest": "the table of extremes, which stands in no report",
    "{service}: the items with the highest and the lowest mean, {year}. Where intervals overlap, the order "
    "is not certain.": "the table of extremes, which stands in no report",
}
