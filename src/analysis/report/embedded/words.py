"""The renderer's own words in the languages of the reports, as Quarto's `_language.yml` holds its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analysis.core.errors import RenderError

_WORDS = {
    "nb": {
        # Figure to warning but chapter are Quarto's own words: a book reads alike from both renderers.
        "fig": "Figur",
        "tbl": "Tabell",
        "eq": "Ligning",
        "sec": "Seksjon",
        "chapter": "Kapittel",
        "appendix": "Bilag",
        "note": "Note",
        "tip": "Tips",
        "important": "Viktig",
        "caution": "Forsiktig",
        "warning": "Advarsel",
        "contents": "Innhold",
        "on_page": "På denne siden",
        "chapters": "Kapitler",
        "skip": "Hopp til innholdet",
        "previous": "Forrige",
        "next": "Neste",
        "references": "Referanser",
        "page_links": "Forrige og neste kapittel",
        "scroll": "Tabell, kan rulles sidelengs",
        "page": "side",
    },
    "en": {
        "fig": "Figure",
        "tbl": "Table",
        "eq": "Equation",
        "sec": "Section",
        "chapter": "Chapter",
        "appendix": "Appendix",
        "note": "Note",
        "tip": "Tip",
        "important": "Important",
        "caution": "Caution",
        "warning": "Warning",
        "contents": "Contents",
        "on_page": "On this page",
        "chapters": "Chapters",
        "skip": "Skip to the content",
        "previous": "Previous",
        "next": "Next",
        "references": "References",
        "page_links": "Previous and next chapter",
        "scroll": "Table, can be scrolled sideways",
        "page": "page",
    },
}


_CALLOUTS = ("note", "tip", "important", "caution", "warning")


def words_of(
    lang: str, own: Mapping[str, Any] | None = None, *, where: str = "_quarto.yml"
) -> Mapping[str, str]:
    """Return the words of a language given as `nb`, `nb-NO`, `en`, `en-GB` and the like.

    own: the book's `language`, of which the titles of callouts are taken, as Quarto takes them.

    >>> words_of("nb-NO")["fig"], words_of("en")["appendix"]
    ('Figur', 'Appendix')
    >>> words_of("nb", {"nb": {"callout-note-title": "Merk"}})["note"]
    'Merk'
    """
    code = lang.split("-", maxsplit=1)[0].lower()
    if code not in _WORDS:
        raise RenderError(
            "the embedded renderer has no words in this language",
            where=f"{where}: lang",
            found=repr(lang),
            expected="one of: " + ", ".join(sorted(_WORDS)),
            todo="choose one of them, or render the book with Quarto",
        )
    given = (own or {}).get(code) or {}
    titles = {kind: f"callout-{kind}-title" for kind in _CALLOUTS}
    changed = {kind: str(given[title]) for kind, title in titles.items() if title in given}
    return MappingProxyType(_WORDS[code] | changed)


def tag_of(lang: str) -> tuple[str, str]:
    """Return language and region of a tag; Norwegian and English get the region that fits them.

    Typst makes `nb-US` of a bare `nb`.

    >>> tag_of("nb"), tag_of("en-IE")
    (('nb', 'NO'), ('en', 'IE'))
    """
    code, _, region = lang.partition("-")
    return code.lower(), (region or {"nb": "NO", "en": "GB"}.get(code.lower(), "")).upper()
