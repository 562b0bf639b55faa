"""Headings, paragraphs, lists and callouts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.core.paths import checked_code
from analysis.show.blocks import Block, Canvas
from analysis.show.escape import to_html, to_markdown

CALLOUTS = ("note", "tip", "important", "warning", "caution")


def write_heading(canvas: Canvas, level: int, text: str, *, id: str = "") -> Block:
    """Show a heading that says the finding.

    id: with it a reference finds the section as `sec-<prefix>-<id>`. Raises ValueError outside levels 1–6.
    """
    if not 1 <= level <= 6:
        raise ValueError(f"a heading's level from 1 to 6 expected, found {level}")
    identity = canvas.id("sec", checked_code(id, where="heading", kind="id")) if id else ""
    mark = f" {{#{identity}}}" if identity else ""
    # "Setext" underlines and "#" itself are escaped in the text; the marks are ours.
    return Block(
        markdown=f"{'#' * level} {to_markdown(text)}{mark}\n",
        html=f"<h{level}>{to_html(text)}</h{level}>\n",
        plain=text,
        report=canvas.report,
        id=identity,
    )


def write_paragraph(canvas: Canvas, text: str, *, see: Sequence[Block] = ()) -> Block:
    """Show a paragraph of plain text, which may name blocks to look at; those without an id are left out."""
    named = [block.id for block in see if block.id]
    # Quarto and the renderer write the word and the number in place of the id.
    reference = f" ({', '.join('@' + name for name in named)})" if named else ""
    body = to_markdown(text)
    if reference and body.endswith("."):
        body, reference = body[:-1], reference + "."
    return Block(
        markdown=f"{body}{reference}\n", html=f"<p>{to_html(text)}</p>\n", plain=text, report=canvas.report
    )


def write_list(canvas: Canvas, texts: Sequence[str], *, leads: Sequence[str] = ()) -> Block:
    """Show a bulleted list of plain texts; `leads`, one each where given, stand before them in bold."""
    heads = list(leads) or [""] * len(texts)
    pairs = list(zip(heads, texts, strict=True))
    bold = [f"**{to_markdown(lead)}.** " if lead else "" for lead in heads]
    strong = [f"<strong>{to_html(lead)}.</strong> " if lead else "" for lead in heads]
    return Block(
        markdown="".join(f"- {b}{to_markdown(text)}\n" for b, text in zip(bold, texts, strict=True)),
        html="<ul>"
        + "".join(f"<li>{s}{to_html(text)}</li>" for s, text in zip(strong, texts, strict=True))
        + "</ul>\n",
        plain="\n".join(f"{lead}: {text}" if lead else text for lead, text in pairs),
        report=canvas.report,
    )


def write_callout(canvas: Canvas, kind: str, title: str, text: str) -> Block:
    """Show a callout; kind is one of note, tip, important, warning, caution (ValueError otherwise)."""
    if kind not in CALLOUTS:
        raise ValueError(f"one of {', '.join(CALLOUTS)} expected, found {kind!r}")
    inside = f"<strong>{to_html(title)}</strong><p>{to_html(text)}</p>"
    return Block(
        markdown=f"::: {{.callout-{kind}}}\n## {to_markdown(title)}\n\n{to_markdown(text)}\n:::\n",
        html=f'<aside class="callout-{kind}">{inside}</aside>\n',
        plain=f"{title}: {text}",
        report=canvas.report,
    )
