"""What stands in a scorecard's cells: ranges, results, changes and verdicts on targets."""

from __future__ import annotations

from dataclasses import replace

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.select import is_number
from analysis.show.supplied import decimals_of, in_unit
from analysis.show.tables import unbroken
from analysis.show.target_cards import Card
from analysis.show.verdicts import AS_REQUIRED, BREAK, DOWN, NOT_MEASURED, UP, Verdict, judge, state
from analysis.steering.targets import Band, Target

#: From this probability on a verdict is called nearly certain.
_NEARLY = 0.95


def target_name(canvas: Canvas, target: Target) -> str:
    """Return what the target is called: its own name, or its topic's and unit's."""
    say, labels = canvas.language, canvas.labels
    if target.name is not None:
        return say.pick(target.name)
    if target.topic is None:
        return str(target.indicator)
    topic = labels.topic(target.service, target.topic)
    return f"{topic}, {labels.unit(target.unit)}" if target.unit else topic


def write_range(canvas: Canvas, target: Target, band: Band) -> str:
    """Write a range as it was adopted, for instance "6,0–4,6" or "100–75 poeng"."""
    say = canvas.language
    first, last = (say.number(float(end), target.decimals) for end in getattr(target, band))
    return with_unit(canvas, target.scale, f"{first}–{last}")


def write_result(canvas: Canvas, card: Card, fact: Fact | None) -> str:
    """Write a result, or why there is none in the words that municipalities print."""
    say = canvas.language
    if is_number(fact):
        written = with_unit(canvas, card.target.scale, say.number(fact.value, _decimals(card)))
        year = fact.note.removeprefix("year.")
        return f"{written} ({year})" if year.isdigit() else written
    return _missing(canvas, fact)


def write_interval(canvas: Canvas, card: Card) -> str:
    """Write the last result's interval and answers, for instance "4,6–4,7 (824 svar)"."""
    say, fact = canvas.language, card.last
    if not is_number(fact) or fact.low is None or fact.high is None:
        return numbers.EM_RULE
    decimals = _decimals(card)
    if decimals == 1 and not card.supplied:
        decimals = numbers.end_decimals(card.target.scale, fact.low, fact.high)
    low, high = (say.number(end, decimals) for end in (fact.low, fact.high))
    interval = f"{low}–{high}"
    if card.target.scale == "percent":
        interval = with_unit(canvas, "percent", interval)
    written = say.plural(
        "{interval} ({n} answer)", "{interval} ({n} answers)", int(fact.n or 0), interval=interval
    )
    # Broken before the bracket, if at all.
    before, bracket, count = written.partition(" (")
    return f"{before}{bracket}{unbroken(count)}"


def write_change(canvas: Canvas, card: Card) -> str:
    """Write the change since the last measurement with its assessment, or why there is none."""
    say, fact, scale = canvas.language, card.change, card.target.scale
    if not is_number(fact):
        return _missing(canvas, fact)
    verdict = judge(say, fact)
    written = say.number(fact.value, _change_decimals(card, fact, certain=verdict.certain), sign=True)
    if scale == "percent":
        said = say.text("{value} percentage points", value=written)
    else:
        said = with_unit(canvas, scale, written)
    since = fact.against.removeprefix("year.")
    earlier = sorted(card.results)[:-1]
    if since.isdigit() and earlier and int(since) != earlier[-1]:
        said = say.text("{assessment}, since {year}", assessment=said, year=since)
    return f"{said}, {word}" if (word := _assessed(canvas, fact, verdict)) else said


def target_verdict(canvas: Canvas, fact: Fact | None) -> Verdict:
    """Return where a target stands as a sign and a word; why it cannot be said stands in other columns."""
    say = canvas.language
    words = {
        "desired": Verdict(UP, say.text("desired")),
        "acceptable": Verdict(AS_REQUIRED, say.text("acceptable")),
        "unacceptable": Verdict(DOWN, say.text("unacceptable")),
    }
    if fact is None or fact.state == "not_measured_common_template":
        return state(say, None)
    return words.get(fact.verdict) or state(say, replace(fact, note=""))


def write_chance(canvas: Canvas, fact: Fact | None) -> str:
    """Write a range's probability as per cent, never as nil or as all; "" where there is none."""
    say = canvas.language
    if not is_number(fact):
        return ""
    if fact.value > 0.995:
        return say.text("over {share}", share=say.percent(0.99))
    if fact.value < 0.005:
        return say.text("under {share}", share=say.percent(0.01))
    return say.percent(fact.value)


def write_certainty(canvas: Canvas, card: Card) -> str:
    """Say how sure it is where a target stands, in words."""
    say, status = canvas.language, card.status
    if card.supplied and is_number(status):
        return say.text("Supplied figure")
    if card.band:
        chance = card.chances.get(card.band)
        nearly = is_number(chance) and chance.value >= _NEARLY
        return say.text("Nearly certain") if nearly else say.text("Probable")
    if status is not None and status.note == "few":
        return say.text("Too few answers")
    word = target_verdict(canvas, status).word
    return word[:1].upper() + word[1:]


def with_unit(canvas: Canvas, scale: str, written: str) -> str:
    """Put the unit of measure behind a written number; an answer scale has none."""
    low, _, high = scale.partition("-")
    if scale == "0-100":
        return canvas.language.text("{value} points", value=written)
    if low.isdigit() and high.isdigit():
        return written
    return in_unit(canvas.language, written, scale)


def _missing(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None or fact.state == "not_measured":
        return say.text("Not measured")
    if fact.state == "not_measured_common_template":
        # In full under the table: a narrow column would break it into five lines.
        return Verdict(NOT_MEASURED, say.text("not common template")).text
    breaks = {
        "wording": say.text("new wording"),
        "unit": say.text("changed unit"),
        "scale": say.text("new scale"),
        "one_round": say.text("first result"),
    }
    if fact.state == "not_comparable" and fact.note in breaks:
        return Verdict(BREAK, breaks[fact.note]).text
    return state(say, fact).text


def _decimals(card: Card) -> int:
    # Computed results: one decimal on an answer scale. Supplied figures keep the decimals they came with, and
    # are written as the tables of costs write them.
    if card.supplied:
        return decimals_of([*card.results.values(), *card.figures])
    return 0 if card.target.scale in ("0-100", "percent") else 1


def _change_decimals(card: Card, fact: Fact, *, certain: bool) -> int:
    if card.supplied or card.target.scale not in ("0-100", "percent"):
        return _decimals(card) if card.supplied else numbers.change_decimals(fact, certain=certain)
    return 1 if certain and abs(fact.value or 0.0) < 0.5 else 0


def _assessed(canvas: Canvas, fact: Fact, verdict: Verdict) -> str:
    """Return a change's assessment in as few words as a narrow column has room for."""
    say = canvas.language
    if fact.note == "not_tested":
        return say.text("not tested")
    if fact.note == "few":
        return say.text("too few answers")
    if fact.verdict == "no_certain_change":
        return say.text("not certain")
    return say.text("certain") if verdict.certain else verdict.word
