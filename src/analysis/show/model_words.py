"""The steering model in words: what stands at each stage, its headline, tables and alternative text."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.show.blocks import Block, Canvas
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_list
from analysis.show.verdicts import AS_REQUIRED, BREAK, DOWN, NOT_MEASURED, SUPPRESSED, UNDECIDED, UP
from analysis.steering.context import Steering
from analysis.steering.model import Need
from analysis.steering.stages import Count, StageContent


def headline_model(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> str:
    """Say in a heading how much of the results has become measures."""
    say = canvas.language
    plan = steering.plan
    running = sum(measure.status == "running" for measure in plan.measures)
    if not plan.targets and not plan.measures:
        return say.text("No targets or measures have been entered yet")
    if not running:
        return say.plural(
            "In steering: {n} target, no measure running",
            "In steering: {n} targets, no measure running",
            len(plan.targets),
        )
    targets = say.plural("{n} target", "{n} targets", len(plan.targets))
    measures = say.plural("{n} measure running", "{n} measures running", running)
    return say.text("In steering: {targets}, {measures}", targets=targets, measures=measures)


def lines_of(canvas: Canvas, content: StageContent) -> list[str]:
    """Return what stands at a stage as short lines; one that tells of a verdict begins with its sign."""
    return [line for need, counts in content.found.items() for line in _said(canvas, need, counts)]


def alternative_of(canvas: Canvas, contents: list[StageContent]) -> str:
    """Return the figure in words: the stages in their order, what stands at each, where it ends."""
    say = canvas.language
    parts = [
        say.text(
            "{number}. {stage}: {lines}. Ends in: {document}.",
            number=i, stage=say.pick(content.stage.name), lines="; ".join(lines_of(canvas, content)),
            document=say.pick(content.stage.document),
        )
        for i, content in enumerate(contents, start=1)
    ]  # fmt: skip
    start = say.plural(
        "A cycle of {n} stage, after the last the first again.",
        "A cycle of {n} stages, after the last the first again.",
        len(contents),
    )
    return " ".join([start, *parts])


def data_of(canvas: Canvas, contents: list[StageContent]) -> Table:
    """Return the table behind the figure: a stage a row."""
    say = canvas.language
    columns = (Column(say.text("Stage"), 24), Column(say.text("What the results put there"), 46),
               Column(say.text("Ends in"), 30))  # fmt: skip
    rows = tuple(
        (
            f"{i}. {say.pick(content.stage.name)}",
            "; ".join(lines_of(canvas, content)),
            say.pick(content.stage.document),
        )
        for i, content in enumerate(contents, start=1)
    )
    return Table(columns, rows)


def tabulate_model(canvas: Canvas, steering: Steering) -> Block:
    """Set out what each stage is for, who takes part in it, and which document it ends in."""
    say = canvas.language
    columns = (Column(say.text("Stage"), 22), Column(say.text("What it is for"), 36),
               Column(say.text("Who takes part"), 24), Column(say.text("Ends in"), 20))  # fmt: skip
    rows = tuple(
        (
            f"{i}. {say.pick(stage.name)}",
            say.pick(stage.purpose),
            _capital(say.series([say.pick(who) for who in stage.takes_part])),
            say.pick(stage.document),
        )
        for i, stage in enumerate(steering.model.stages, start=1)
    )
    caption = say.text(
        "{model}: the stages in their order. {source}.",
        model=say.pick(steering.model.name), source=say.pick(steering.model.source).rstrip("."),
    )  # fmt: skip
    return table_block(canvas, "model", Table(columns, rows), caption=caption)


def write_followed(canvas: Canvas, steering: Steering) -> Block:
    """Say which targets and measures were for units that have closed; nothing where there are none."""
    say, labels = canvas.language, canvas.labels
    names = {("target", t.id): t.name or labels.topic(t.service, t.topic or "") for t in steering.plan.targets
             if t.topic}  # fmt: skip
    names |= {("measure", m.id): m.title for m in steering.plan.measures}
    texts = []
    for each in steering.followed:
        name = say.pick(names[each.kind, each.id])
        parts = {"name": name, "unit": labels.unit(each.unit), "successor": labels.unit(each.successor)}
        if each.kind == "target":
            text = say.text(
                "The target “{name}” was for {unit}, which has closed; it now counts for {successor}.",
                **parts,
            )
        else:
            text = say.text(
                "The measure “{name}” was for {unit}, which has closed; it now counts for {successor}.",
                **parts,
            )
        texts.append(text)
    if not texts:
        return Block(markdown="", html="", plain="", report=canvas.report)
    return write_list(canvas, texts)


def _said(canvas: Canvas, need: Need, counts: tuple[Count, ...]) -> list[str]:
    return _WORDS[need](canvas, {count.kind: count.n for count in counts}, counts)


def _levels(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    parts = [say.plural("{n} service", "{n} services", n["services"])] if "services" in n else []
    parts += _units(canvas, n)
    parts += [say.plural("{n} answer", "{n} answers", n["answers"])] if "answers" in n else []
    return [say.series(parts)] if parts else [say.text("no results that can be shown")]


def _units(canvas: Canvas, n: dict[str, int]) -> list[str]:
    say, shown = canvas.language, n.get("units", 0)
    asked = n.get("units_asked", 0)
    if asked > shown:
        return [
            say.plural(
                "{shown} of {n} unit with results that can be shown",
                "{shown} of {n} units with results that can be shown",
                asked, shown=say.count(shown),
            )
        ]  # fmt: skip
    return [say.plural("{n} unit", "{n} units", shown)] if shown else []


def _comparisons(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    if not n:
        return [say.text("nothing to compare with")]
    parts = [say.text("{n} over time", n=say.count(n["over_time"]))] if "over_time" in n else []
    parts += [say.text("{n} between units", n=say.count(n["between_units"]))] if "between_units" in n else []
    parts += (
        [say.text("{n} with other municipalities", n=say.count(n["with_others"]))]
        if "with_others" in n
        else []
    )
    return [say.text("compared: {parts}", parts=say.series(parts))]


def _findings(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    lines = []
    if "positive" in n:
        said = say.plural("{n} certain positive finding", "{n} certain positive findings", n["positive"])
        lines.append(f"{UP} {said}")
    if "negative" in n:
        said = say.plural("{n} certain negative finding", "{n} certain negative findings", n["negative"])
        lines.append(f"{DOWN} {said}")
    if not lines:
        lines.append(say.text("no certain change or difference"))
    parts = []
    if "strengths" in n:
        parts.append(say.plural("{n} strength to preserve", "{n} strengths to preserve", n["strengths"]))
    if "improvements" in n:
        parts.append(say.plural("{n} point to improve", "{n} points to improve", n["improvements"]))
    return [*lines, say.series(parts)] if parts else lines


def _targets(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    if "adopted" in n:
        return [say.plural("{n} target adopted", "{n} targets adopted", n["adopted"])]
    words = {
        "desired": (UP, say.text("desired")),
        "acceptable": (AS_REQUIRED, say.text("acceptable")),
        "unacceptable": (DOWN, say.text("unacceptable")),
        "undecided": (UNDECIDED, say.text("cannot be decided")),
        "not_comparable": (BREAK, say.text("not comparable")),
        "not_measured": (NOT_MEASURED, say.text("not measured")),
        "suppressed": (SUPPRESSED, say.text("suppressed")),
    }
    lines = [f"{sign} {say.count(n[kind])} {word}" for kind, (sign, word) in words.items() if kind in n]
    return lines or [say.text("no targets adopted")]


def _measures(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    words = {
        "running": say.text("running"),
        "decided": say.text("decided"),
        "proposed": say.text("proposed"),
        "ended": say.text("ended"),
    }
    parts = [f"{say.count(n[kind])} {word}" for kind, word in words.items() if kind in n]
    return [say.text("measures: {parts}", parts=say.series(parts))] if parts else [say.text("no measures")]


def _evaluations(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    words = {
        "worked": (f"{UP} ", say.text("worked")),
        "worse": (f"{DOWN} ", say.text("made it worse")),
        "no_certain_effect": ("", say.text("without a certain effect")),
        "cannot_judge": (f"{UNDECIDED} ", say.text("cannot be judged")),
    }
    lines = [f"{sign}{say.count(n[kind])} {word}" for kind, (sign, word) in words.items() if kind in n]
    if "reported" in n:
        told = say.plural("outcome told of {n} measure", "outcome told of {n} measures", n["reported"])
        lines.append(told)
    return lines or [say.text("no measure evaluated yet")]


def _documents(canvas: Canvas, n: dict[str, int], counts: tuple[Count, ...]) -> list[str]:
    say = canvas.language
    if not counts:
        return [say.text("no document with targets or measures")]
    entries, most = sum(count.n for count in counts), say.pick(counts[0].name or "")
    written = say.plural("{n} target or measure", "{n} targets and measures", entries)
    if len(counts) == 1:
        return [say.text("{entries} in {document}", entries=written, document=most)]
    documents = say.plural("{n} document", "{n} documents", len(counts))
    return [
        say.text("{entries} in {documents}", entries=written, documents=documents),
        say.text("most in {document}", document=most),
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_WORDS: dict[Need, Callable[[Canvas, dict[str, int], tuple[Count, ...]], list[str]]] = {
    "levels": _levels,
    "comparisons": _comparisons,
    "findings": _findings,
    "targets": _targets,
    "measures": _measures,
    "evaluations": _evaluations,
    "documents": _documents,
}
