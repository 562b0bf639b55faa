"""A catalogue of measures in all municipalities of a batch, as a section of its index page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.core.language import Language
from analysis.facts.labels import Labels
from analysis.show.blocks import Canvas
from analysis.show.change import inside
from analysis.show.escape import to_html
from analysis.show.learning_page import SCRIPT, STYLE
from analysis.show.measure_words import judge_outcome, say_grounds, say_judgement, say_status
from analysis.show.select import select
from analysis.show.verdicts import Verdict
from analysis.steering.learning import Account, cases, designs, tools_used


def write_learning(
    accounts: Sequence[Account], labels: Mapping[str, Labels], *, language: Language, level: int = 2
) -> str:
    """Return the section as HTML: cases in KL's uses, with a search field, tools and survey designs.

    `labels` are each municipality's, `level` that of the section's heading. All of it can be read without
    JavaScript; the search field shows itself where there is some. Returns an empty
    text where nothing is known of any measure.
    """
    table, kinds = cases(accounts), designs(accounts)
    if table.empty:
        return ""
    facts = {account.plan.municipality: account.facts for account in accounts}
    say = language
    parts = [
        _heading(level, say.text("Learning across municipalities"), id="learning"),
        _paragraph(
            say.text(
                "Measures in all municipalities: what was done, what was measured after, and how certain "
                "that is. A measure that cannot be judged is not one that failed."
            )
        ),
        _search(say, len(table)),
    ]
    for title, part in _by_use(say, table):
        articles = [_case(row, labels, facts, language, level + 2) for row in part.to_dict("records")]
        head = _heading(level + 1, title)
        parts.append(f'<div class="learning-use">\n{head}{"".join(articles)}</div>\n')
    parts += [_tools(say, table, level + 1), _designs(say, kinds, labels, level + 1)]
    body = "".join(parts)
    return (
        f"<style>{STYLE}</style>\n"
        f'<section class="learning" aria-labelledby="learning">\n{body}</section>\n'
        f"<script>{SCRIPT}</script>\n"
    )


def _by_use(say: Language, table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    titles = {
        "steering": say.text("Results in the steering chain"),
        "across_units": say.text("Comparison across units"),
        "across_municipalities": say.text("Comparison across municipalities"),
        "own_development": say.text("A unit's own development and dialogue with its users"),
    }
    found = [(title, table[table["purpose"].eq(purpose)]) for purpose, title in titles.items()]
    return [(title, part) for title, part in found if len(part)]


def _case(
    row: Mapping[str, Any],
    labels: Mapping[str, Labels],
    facts: Mapping[str, pd.DataFrame],
    say: Language,
    level: int,
) -> str:
    known = labels[row["municipality"]]
    place = known.municipality
    asked = row["service"] in known.questionnaires
    service = known.service(row["service"]) if asked else row["service"]
    topic = inside(known.topic(row["service"], row["topic"])) if asked else row["topic"]
    where = [place, inside(service)]
    if asked and row["n_units"]:
        word = known.unit_word(row["service"], plural=row["n_units"] > 1)
        where.append(say.text("{n} {units}", n=say.count(row["n_units"]), units=word))
    done = [say.text("On {topic}, from {year} ({status}).", topic=topic, year=row["start"],
                     status=say_status(say, row["status"]))]  # fmt: skip
    if row["tool"] is not None:
        done.append(say.text("Tool: {tool}.", tool=inside(say.pick(row["tool"]))))
    verdict = judge_outcome(say, row["outcome"])
    came = Verdict(verdict.sign, verdict.word[:1].upper() + verdict.word[1:]).text
    rows = (
        (say.text("Where"), ", ".join(where)),
        (say.text("What was done"), " ".join(done)),
        (say.text("What came of it"), f"{came}. {_told(row, known, facts[row['municipality']])}"),
    )
    listed = "".join(f"<dt>{to_html(term)}</dt><dd>{to_html(text)}</dd>\n" for term, text in rows)
    return (
        f'<article class="case">\n{_heading(level, say.pick(row["title"]))}<dl>\n{listed}</dl>\n</article>\n'
    )


def _told(row: Mapping[str, Any], known: Labels, facts: pd.DataFrame) -> str:
    canvas = Canvas(report=False, folder=None, prefix="learning", labels=known)
    said = []
    for fact in select(facts, fact_id=row["fact_id"]) if row["fact_id"] else ():
        said += [say_judgement(canvas, fact), *say_grounds(canvas, facts, fact)]
    if row["words"] is not None:
        said.append(known.language.pick(row["words"]))
    return " ".join(said)


def _search(say: Language, number: int) -> str:
    name = to_html(say.text("Search in the measures"))
    counted = to_html(say.text("{shown} of {all} measures", shown="{shown}", all=say.count(number)))
    # Hidden until the script shows it: without one it could not do what it says.
    return (
        '<div class="learning-search" role="search" hidden>\n'
        f'<label for="learning-query">{name}</label>\n'
        '<input id="learning-query" type="search" autocomplete="off">\n'
        f'<p class="learning-count" role="status" data-text="{counted}"></p>\n</div>\n'
    )


def _tools(say: Language, table: pd.DataFrame, level: int) -> str:
    used = tools_used(table, say)
    if used.empty:
        return ""
    rows = []
    for row in used.to_dict("records"):
        outcomes = ("worked", "no_certain_effect", "worse", "cannot_judge", "reported")
        came = [f"{row[name]} {judge_outcome(say, name).word}" for name in outcomes if row[name]]
        rows.append((row["tool"], say.count(row["cases"]), ", ".join(came)))
    heads = (say.text("Tool"), say.text("Measures"), say.text("What came of them"))
    return _heading(level, say.text("Tools that were used")) + _table(heads, rows)


def _designs(say: Language, table: pd.DataFrame, labels: Mapping[str, Labels], level: int) -> str:
    kinds = {
        "focus_group": say.text("focus group"),
        "cooperating_services": say.text("survey among cooperating services"),
        "staff_dialogue": say.text("dialogue with staff"),
    }
    rows = []
    for row in table.to_dict("records"):
        known = labels[row["municipality"]]
        asked = row["service"] in known.questionnaires
        name = known.service(row["service"]) if asked else row["service"]
        answers = say.text("suppressed")
        if not pd.isna(row["respondents"]):
            n = int(row["respondents"])
            answers = say.plural("{n} answer", "{n} answers", n)
            if not pd.isna(row["invited"]) and row["invited"]:
                answers += f" ({say.percent(n / row['invited'])})"
        beside = say.series([kinds[kind] for kind in row["beside"]]) or say.text("nothing")
        rounds = ", ".join(map(str, row["rounds"]))
        rows.append((f"{known.municipality}, {inside(name)}", f"{rounds}. {answers}", beside))
    heads = (say.text("Service"), say.text("Rounds, and answers in the last"), say.text("Beside the survey"))
    return _heading(level, say.text("Survey designs that were used")) + _table(heads, rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{to_html(head)}</th>' for head in heads)
    lines = []
    for first, *rest in rows:
        cells = "".join(f"<td>{to_html(cell)}</td>" for cell in rest)
        lines.append(f'<tr><th scope="row">{to_html(first)}</th>{cells}</tr>\n')
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{''.join(lines)}</tbody>\n</table>\n"


def _heading(level: int, text: str, *, id: str = "") -> str:
    mark = f' id="{id}"' if id else ""
    return f"<h{level}{mark}>{to_html(text)}</h{level}>\n"


def _paragraph(text: str) -> str:
    return f"<p>{to_html(text)}</p>\n"
