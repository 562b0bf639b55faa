"""Words that say a direction, and the messages that hold them: what each claims, or why it claims nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from steering_words import CLAIMED

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
    "Certain rise since {year}: {names}.": (_all("names", "change", "higher"),),
    "Certain fall since {year}: {names}.": (_all("names", "change", "lower"),),
    "{service}: certain rise in {topic}": (Says("topic", "change", "higher"),),
    "{service}: certain fall in {topic}": (Says("topic", "change", "lower"),),
    "{service}: above the mean of the municipalities on {topic}": (Says("topic", _NATION, "higher"),),
    "{service}: below the mean of the municipalities on {topic}": (Says("topic", _NATION, "lower"),),
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
    "Units above the others: {names}.": (_all("names", _UNIT, "above"),),
    "Units below the others: {names}.": (_all("names", _UNIT, "below"),),
    "{unit}, {topic}: above the other {units}, {value} ({interval}).": (Says("topic", _UNIT, "above"),),
    "{unit}, {topic}: below the other {units}, {value} ({interval}).": (Says("topic", _UNIT, "below"),),
    "{service}, {unit}: above the other {units}": (Says("unit", _UNIT, "above"),),
    "{service}, {unit}: below the other {units}": (Says("unit", _UNIT, "below"),),
    "{service}: to preserve: {topic}": (Says("topic", "strength", "strength"),),
    "{service}: to improve: {topic}": (Says("topic", "improvement", "improvement"),),
    "{topic} is among the highest of all services: {points}.": (Says("topic", "strength", "strength"),),
    "{topic} is among the lowest of all services: {points}.": (Says("topic", "improvement", "improvement"),),
    # Not all: what something certain speaks against is left to the caption.
    "Prioritise {topics}, preserve {others}": (
        Says("topics", "priority", "prioritise"), Says("others", "priority", "preserve"),
    ),
    "Prioritise {topics}": (Says("topics", "priority", "prioritise"),),
    "Preserve {topics}": (Says("topics", "priority", "preserve"),),
    "{topic} lies in the corner to preserve, but is {other}.": (Says("topic", "priority", "preserve"),),
    "{topic} lies in the corner to prioritise, but is {other}.": (Says("topic", "priority", "prioritise"),),
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

#: Of a service whose difference is certain within the service, and not over the report: sign and verdict.
ALONE = {
    "above, certain only within the service": ("▲", "higher"),
    "below, certain only within the service": ("▼", "lower"),
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
    "The results lie too close to each other to tell highest from lowest with certainty, or something "
    "certain speaks against them.": "says that nothing stands out",
    "No point to preserve or improve is named for {names}: the results lie too close to each other, or "
    "something certain speaks against each of the highest or for each of the lowest.": "names what is out",
    "No strengths or points to improve stand out": "says that nothing stands out",
    "Strengths to preserve and points to improve, {year}: the highest and the lowest results of all services "
    "in points from 0 to 100, as many of each, with {level} confidence intervals.": "says what a table lists",
    "{service}: every item, {year}, with {level} confidence interval. High and low are the shares of the two "
    "best and the two poorest answers. Where a low answer is the good one, the item is turned.": (
        "says which answers count as high"
    ),
    "{service}: answers in {year} in per cent, from {low} (lowest) to {high} (highest). The line is the "
    "middle of the scale; shares under {least} are not labelled.": "names the ends of the scale",
    "{service}: how scores lie around the mean of their own unit in the same round, in all rounds and units "
    "that can be shown and compared. Skewness and kurtosis are 0 in a normal distribution; far out is the "
    "share beyond 1.96 standard deviations, where {share} is expected; at the top is the share of scores at "
    "the highest answer in {year}.": "names the end of the scale",
    "About {share} give high answers to each item": "in Norwegian: the two best answers of the scale",
    "Between {low} and {high} give high answers to each item": "in Norwegian: the two best answers",
    "From {low} to {high} give high answers, by question": "in Norwegian: the two best answers",
    "The change is measured within the units over all rounds, so it can differ from the difference between "
    "the two means.": "'over' is through all rounds",
    "The change is measured within the units over all rounds that can be compared, so it can differ from the "
    "difference between the two means.": "'over' is through all rounds",
    "What is certain over the whole report ({level} confidence intervals, on the scale {scale}):": (
        "'over' is in all of the report"
    ),
    "Nothing is certain over the whole report, and no measure or target waits for its result.": (
        "'over' is in all of the report"
    ),
    "Nothing for this use is certain over the whole report. What is certain within a service is marked in "
    "that service's own tables.": "'over' is in all of the report",
    "Each finding that is certain over the whole report leads to a question for the users, a point for the "
    "result dialogue, a measure with its owner and a paragraph for a steering document. The next survey "
    "tells what came of it. The two uses of the results are kept apart: what goes up the steering chain to "
    "the council, and what a unit and its users work on themselves.": "'up' is towards the council",
    "In the steering chain, up to the council": "'up' is towards the council",
    "All rounds taken together, the {units} differ, and there are enough answers to rank them by all rounds "
    "together. Where two estimates are written alike, there is no order between them.": (
        "in Norwegian: seen as one"
    ),
    "All rounds taken together, the {units} differ, but there are too few answers to rank them: read each "
    "with its interval.": "in Norwegian: seen as one",
    "All rounds taken together, the {units} cannot be told apart with certainty: the differences may be "
    "chance.": "in Norwegian: seen as one",
    "All rounds taken together, no difference between the {units} could be found: what they seem to differ "
    "by is within chance.": "in Norwegian: seen as one",
    "As many of each, chosen by one rule: what has certainly changed, what certainly differs from other "
    "municipalities, and then the highest and the lowest results.": "says what a list holds",
    "As many of each, chosen by one rule: what has certainly changed, what certainly differs from other "
    "municipalities, and then the highest and the lowest results. In brackets stand the {level} confidence "
    "interval and the number of answers.": "says what a list holds",
    "For {names} nothing is certain, or there are too few answers to sum the feedback up.": "sum up",
    "What to preserve and what to improve in each service, as many of each, and what satisfied users want "
    "more of, {year}. Results in points from 0 to 100 with {level} confidence intervals. A topic that "
    "anything certain speaks against is not to be preserved, and one that anything certain speaks for not to "
    "be improved: the next one stands here.": "says what a table lists",
    "No targets to hold results against": "in Norwegian: held up against",
    "A supplied figure, no sample: it is held against the limits as it is.": "in Norwegian: held up against",
    "Supplied figures are no sample: they are held against the limits as they are.": (
        "in Norwegian: held up against"
    ),
    "In brackets: how probable it is that the true result lies in the range. From {share} on, that range is "
    "the status.": "in Norwegian: from a share and upwards",
    "under way": "how far a measure has come",
    "Under way since {year}.": "how far a measure has come",
    "Nothing new is certain. The line follows up a measure.": "follow up",
    "{service}: follow-up of “{measure}”": "follow up",
    "{n} over time": "counts comparisons",
    "most in {document}": "in Norwegian: which document has most targets",
    "The target “{name}” was for {unit}, which has closed; it now counts for {successor}.": (
        "in Norwegian: shut down"
    ),
    "The measure “{name}” was for {unit}, which has closed; it now counts for {successor}.": (
        "in Norwegian: shut down"
    ),
    "Left, the point is the latest cost per user and the line its lowest and highest since {first}. A cost "
    "comes from the accounts and has no confidence interval.": "says what a figure's line means",
    "The middle half: a quarter of the other municipalities lie below it and a quarter above. Figures that "
    "are supplied keep their decimals.": "says what the middle half is",
    "A unit that can only see changes of more than {most} on the answer scale should be pooled with others. "
    "Where so few answers are expected that they could not be shown, users are better asked in another "
    "way: in interviews or dialogue meetings.": "says which way of asking is better",
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
    "Above the other {units} on {high}, below on {low}": "a unit's own edition, which no notebook shows",
    "Above the other {units} on {topics}": "a unit's own edition, which no notebook shows",
    "Below the other {units} on {topics}": "a unit's own edition, which no notebook shows",
    "{topic} {mean} of {high}, certainly above the other {units}": "a unit's own edition",
    "{topic} {mean} of {high}, certainly below the other {units}": "a unit's own edition",
    "{unit} stands first, the others from highest to lowest.": "a unit's own edition",
    "From {low} for {lowest} to {high} for {highest}": "the country on a page, which no notebook shows",
    "Others: lowest quarter up to": "a column of the workbook",
    "Others: highest quarter from": "a column of the workbook",
    "Lowest quarter up to": "a column of the workbook",
    "Highest quarter from": "a column of the workbook",
    "Change, lower end": "a column of the workbook",
    "Interval, lower end": "a column of the workbook",
    "Strengths and points": "the name of a sheet in the workbook",
    "Strength to preserve": "a cell of the workbook",
    "Point to improve": "a cell of the workbook",
    "Strengths to preserve and points to improve": "the title of a sheet in the workbook",
    "The highest and the lowest results of all services, as many of each.": "a sheet of the workbook",
    "The effect is what changed with the measure beyond what changed without it.": "a sheet of the workbook",
    "The mean of the municipalities' means by service, with its {level} confidence interval. Half of "
    "them: between the lowest and the highest quarter of the municipalities, {year}. Spread: how much "
    "municipalities differ beyond what chance explains, as a standard deviation.": "the country on a page",
    "{service}: the items with the highest and the lowest mean, {year}. Where intervals overlap, the order "
    "is not certain.": "the table of extremes, which stands in no report",
}

#: Every message that is classified, the steering chapters' own among them.
CLASSIFIED = {*ALONE, *SENTENCES, *WORDS, *FINDINGS, *STATIC, *NOT_IN_TEXT, *CLAIMED}
