"""The ledger's lines in words: finding, question, result point, measure, paragraph, outcome."""

from __future__ import annotations

from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show.blocks import Canvas
from analysis.show.change import inside
from analysis.show.ledger_lines import Entry, Teller
from analysis.show.measure_words import judge_outcome, say_grounds, say_judgement, say_status
from analysis.show.select import nation, one, select
from analysis.show.target_cards import Card
from analysis.show.target_cells import (
    target_name,
    target_verdict,
    write_certainty,
    write_chance,
    write_range,
    write_result,
)
from analysis.steering.targets import BANDS


def say_title(tell: Teller, entry: Entry, *, every: bool = False) -> str:
    """Say in a heading what was found; `every`: with every topic, where it is no heading."""
    say, line = tell.canvas.language, entry.line
    measure = tell.measure(line)
    parts = {"service": tell.service(line), "topic": tell.topics(entry, every=every)}
    units = say.series([tell.canvas.labels.unit(unit) for unit in _units_found(tell, entry)])
    if units and line.finding_kind.startswith("target_"):
        parts["service"] = units
    title = say.pick(measure.title) if measure else line.measure
    words = {
        "fall": say.text("{service}: certain fall in {topic}", **parts),
        "rise": say.text("{service}: certain rise in {topic}", **parts),
        "below_others": say.text("{service}: below the mean of the municipalities on {topic}", **parts),
        "above_others": say.text("{service}: above the mean of the municipalities on {topic}", **parts),
        "improvement": say.text("{service}: to improve: {topic}", **parts),
        "strength": say.text("{service}: to preserve: {topic}", **parts),
        "target_unacceptable": say.text("{service}: {topic} is unacceptable by the target", **parts),
        "target_undecided": say.text("{service}: not decided whether {topic} reaches its target", **parts),
        "measure": say.text("{service}: follow-up of “{measure}”", service=parts["service"], measure=title),
    }
    if line.finding_kind in words:
        return words[line.finding_kind]
    word = tell.canvas.labels.unit_word(line.service, plural=True)
    named = {"service": parts["service"], "unit": units or tell.units(line), "units": word}
    if line.finding_kind == "unit_below":
        return say.text("{service}, {unit}: below the other {units}", **named)
    return say.text("{service}, {unit}: above the other {units}", **named)


def _units_found(tell: Teller, entry: Entry) -> list[str]:
    """Return the units that the finding which names an entry is of: a measure may be in others too."""
    wanted = {
        "unit_below": ("report_unit_difference", "below"),
        "unit_above": ("report_unit_difference", "above"),
        "target_unacceptable": ("target_status", "unacceptable"),
        "target_undecided": ("target_status", ""),
    }.get(entry.line.finding_kind)
    facts = [tell.found[id] for id in entry.findings if id in tell.found]
    return list(dict.fromkeys(f.unit for f in facts if f.unit and (f.statistic, f.verdict) == wanted))


def say_findings(tell: Teller, entry: Entry) -> str:
    """Say what was found, with its uncertainty, a sentence a fact."""
    ids = entry.findings
    said = [_finding(tell, tell.found[id]) for id in ids if id in tell.found]
    if len(said) < len(ids):
        year = next((id.split("/")[3] for id in ids if id not in tell.found and id.count("/") > 3), "")
        said.append(tell.canvas.language.text("Found in the survey of {year}, see its report.", year=year))
    if not said:
        said.append(tell.canvas.language.text("Nothing new is certain. The line follows up a measure."))
    return " ".join(dict.fromkeys(filter(None, said)))


def _finding(tell: Teller, fact: Fact) -> str:
    labels, say = tell.canvas.labels, tell.canvas.language
    match fact.statistic:
        case "report_change":
            return wording.change(fact, labels)
        case "report_unit_difference":
            return wording.unit(fact, labels)
        case "report_national_difference":
            means = select(nation(tell.facts), statistic="mean", service=fact.service, topic=fact.topic)
            mean = one(means, year=fact.year)
            return wording.nation(fact, mean, labels) if mean is not None and mean.value is not None else ""
        case "strength" | "improvement":
            name = labels.topic(fact.service, fact.topic)
            if fact.statistic == "strength":
                return say.text(
                    "{topic} is among the highest of all services: {points}.",
                    topic=name, points=wording.finding(fact, labels),
                )  # fmt: skip
            return say.text(
                "{topic} is among the lowest of all services: {points}.",
                topic=name, points=wording.finding(fact, labels),
            )  # fmt: skip
    card = tell.cards.get(fact.category)
    return _standing(tell.canvas, card) if card else ""


def _standing(canvas: Canvas, card: Card) -> str:
    """Say in which range a target's result lies, and how sure that is; the result itself stands elsewhere."""
    say, name = canvas.language, _plain(target_name(canvas, card.target))
    if card.supplied:
        return say.text("{target}: the figure is unacceptable by the target.", target=name)
    chances = {band: write_chance(canvas, card.chances.get(band)) for band in BANDS}
    if not all(chances.values()):
        return say.text("{target}: it cannot be decided whether the target is reached.", target=name)
    if card.band == "unacceptable":
        said = say.text("{target}: unacceptable by the target.", target=name)
    else:
        said = say.text("{target}: it cannot be decided whether the target is reached.", target=name)
    return said + " " + say.text(
        "The probability that it is desired is {desired}, acceptable {acceptable}, unacceptable "
        "{unacceptable}.",
        **chances,
    )  # fmt: skip


def _plain(name: str) -> str:
    # A statement that was rated ends in a full stop of its own.
    return name.rstrip(".")


def say_question(tell: Teller, entry: Entry) -> str:
    """Ask what the dialogue with the users is to be about."""
    say, line = tell.canvas.language, entry.line
    measure = tell.measure(line)
    # A question that does not say what it is about cannot be asked: every topic is named here.
    parts = {"users": tell.users(line), "topic": tell.topics(entry, every=True)}
    if line.topic.startswith("indicator."):
        return say.text("What must {users} not lose when this is to change? ({topic})", **parts)
    match line.question:
        case "keep":
            return say.text("What do {users} value here, and what must not be lost? ({topic})", **parts)
        case "reach":
            return say.text("What would it take for {users} to see the target as reached? ({topic})", **parts)
        case "listen":
            return say.text("What can {users} tell that the survey could not? ({topic})", **parts)
        case "follow_up" if measure:
            return say.text(
                "What have {users} noticed of “{measure}”, and what is still missing?",
                users=parts["users"], measure=say.pick(measure.title),
            )  # fmt: skip
    return say.text("What do {users} want to be different, and what matters most? ({topic})", **parts)


def say_result_point(tell: Teller, entry: Entry) -> str:
    """Hold what was achieved against what was adopted."""
    said = [_achieved(tell.canvas, tell.cards[id]) for id in entry.line.targets if id in tell.cards]
    return " ".join(said) or tell.canvas.language.text("No target is adopted for this. Should one be?")


def _achieved(canvas: Canvas, card: Card) -> str:
    """Say what a target's result is, what is required and where that stands, and what it comes to."""
    say, target = canvas.language, card.target
    words = [target_verdict(canvas, card.status).word]
    if not card.supplied and card.status is not None and (card.band or card.status.note == "few"):
        words.append(inside(write_certainty(canvas, card)))
    sure = ", ".join(words)
    return say.text(
        "{target}: {result}, required {range} ({document}, {year}). {assessment}.",
        target=_plain(target_name(canvas, target)), result=write_result(canvas, card, card.last),
        range=write_range(canvas, target, "desired"), document=say.pick(target.adopted.document),
        year=target.adopted.year, assessment=sure[:1].upper() + sure[1:],
    )  # fmt: skip


def say_measure(tell: Teller, entry: Entry) -> str:
    """Say what is done, who owns it, from when, and where it was decided."""
    say, line = tell.canvas.language, entry.line
    measure = tell.measure(line)
    if not line.measure:
        if line.question == "keep":
            return say.text("None needed: keep what works.")
        return say.text("None is proposed yet.")
    if measure is None:
        return say.text("“{measure}”, which no longer stands in the steering file.", measure=line.measure)
    named = {"measure": say.pick(measure.title), "status": say_status(say, measure.status)}
    parts = [say.text("{measure} ({status}).", **named)]
    if measure.units:
        parts.append(say.text("At {units}.", units=tell.units(line)))
    parts.append(say.text("Owner: {owner}.", owner=inside(say.pick(measure.owner))))
    parts.append(say.text("From {year}.", year=measure.start))
    if measure.decided_in:
        parts.append(
            say.text("Decided in {document}, {year}.", document=say.pick(measure.decided_in.document),
                     year=measure.decided_in.year)
        )  # fmt: skip
    return " ".join(parts)


def say_paragraph(tell: Teller, entry: Entry) -> str:
    """Write the paragraph for the steering document."""
    say, line = tell.canvas.language, entry.line
    measure = tell.measure(line)
    found = say_title(tell, entry, every=True) + "."
    parts = [say.text("User survey {year}.", year=tell.steering.year), found]
    if measure is not None:
        named = {"measure": say.pick(measure.title), "owner": inside(say.pick(measure.owner))}
        if line.finding_kind == "measure":
            del parts[1]
        if line.paragraph == "outcome":
            parts.append(_outcome_in_short(tell, entry, named["measure"]))
        elif line.paragraph == "proposed":
            parts.append(say.text("Proposed: {measure}, with {owner} responsible.", **named))
        else:
            parts.append(say.text("Decided: {measure}, with {owner} responsible.", **named))
    elif line.question == "keep":
        parts.append(say.text("This is to be preserved."))
    else:
        parts.append(say.text("No measure is decided."))
    return " ".join(parts)


def _outcome_in_short(tell: Teller, entry: Entry, measure: str) -> str:
    say, evaluation = tell.canvas.language, entry.line.evaluation
    if evaluation is None:
        return ""
    said = []
    if evaluation.outcome != "reported":
        word = judge_outcome(say, evaluation.outcome).word
        said.append(say.text("The measure “{measure}”: {outcome}.", measure=measure, outcome=word))
    if evaluation.words is not None:
        said.append(say.pick(evaluation.words))
    return " ".join(said)


def say_document(tell: Teller, entry: Entry) -> str:
    """Name the document that the paragraph is for."""
    document = entry.line.document
    if document is None:
        return tell.canvas.language.text("the steering document")
    return tell.canvas.language.pick(document)


def say_outcome(tell: Teller, entry: Entry) -> str:
    """Say what came of the measure, or when the line is looked at again."""
    say, evaluation = tell.canvas.language, entry.line.evaluation
    if evaluation is None:
        return say.text("Looked at again in the survey of {year}.", year=tell.next_survey)
    said = []
    fact = next(iter(select(tell.facts, fact_id=evaluation.fact)), None) if evaluation.fact else None
    if fact is not None:
        said.append(say_judgement(tell.canvas, fact))
        said += say_grounds(tell.canvas, tell.facts, fact)
    if evaluation.words is not None:
        said.append(say.pick(evaluation.words))
    if entry.line.status == "running":
        said.append(say.text("Looked at again in the survey of {year}.", year=tell.next_survey))
    return " ".join(said)
