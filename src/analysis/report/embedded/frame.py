"""The page around a chapter: title, chapter list, table of contents, banner and the way to the next page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from analysis.report.embedded.front import Front
from analysis.report.embedded.pages import Page


def framed(
    page: Page,
    pages: Sequence[Page],
    *,
    front: Front,
    lang: str,
    words: Mapping[str, str],
    styles: Sequence[str],
) -> str:
    """Return the whole HTML page: it works from a file, without network and without JavaScript."""
    at = [p.name for p in pages].index(page.name)
    # The edition too: a reader with several of them open has nothing else to tell their windows apart by.
    edition = front.plain("tilstand.kicker")
    book = f"{front.plain('title')} ({edition})" if edition else front.plain("title")
    own = f"{_numbered(page, words)} – {book}"
    head = "\n".join(f'<link rel="stylesheet" href="{escape(s)}">' for s in styles)
    banner = " · ".join(front.marks)
    running = " · ".join(part for part in (front.plain("tilstand.running"), edition) if part)
    chapters = _chapters(page, pages, words)
    return f"""<!DOCTYPE html>
<html lang="{escape(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(own)}</title>
{head}
</head>
<body class="tilstand-page">
<a class="skip-link" href="#main">{words["skip"]}</a>
<header>
{f'<p class="tilstand-banner" role="note">{escape(banner)}</p>' if banner else ""}
<div class="report-head">
<a class="report-title" href="{pages[0].name}">{escape(front.plain("title"))}</a>
{f'<span class="report-running">{escape(running)}</span>' if running else ""}
</div>
</header>
<details class="report-menu">
<summary>{words["contents"]}</summary>
<nav aria-label="{words["contents"]}">{chapters}</nav>
</details>
<div class="report-columns">
<nav class="report-chapters" aria-label="{words["chapters"]}">{chapters}</nav>
<main id="main" tabindex="-1">
{_title_block(front) if at == 0 else ""}{page.body}
{_neighbours(pages, at, words)}</main>
{_contents(page, words)}</div>
</body>
</html>
"""


def _numbered(page: Page, words: Mapping[str, str]) -> str:
    if not page.number:
        return page.title
    return (
        f"{words['appendix']} {page.number} — {page.title}"
        if page.appendix
        else f"{page.number} {page.title}"
    )


def _title_block(front: Front) -> str:
    shown = {name: escape(front.plain(name)) for name in ("tilstand.kicker", "title", "subtitle", "date")}
    parts = [f'<p class="kicker">{shown["tilstand.kicker"]}</p>' if shown["tilstand.kicker"] else ""]
    parts.append(f'<h1 class="title">{shown["title"]}</h1>')
    parts.append(f'<p class="subtitle">{shown["subtitle"]}</p>' if shown["subtitle"] else "")
    if front.cover:
        lines = "\n".join(f"<p>{escape(line)}</p>" for line in front.cover_lines)
        parts.append(f'<div class="cover-lines">\n{lines}\n</div>')
    by = [*map(escape, front.shown_authors), shown["date"]]
    parts.append(f'<p class="byline">{" · ".join(b for b in by if b)}</p>' if any(by) else "")
    inner = "\n".join(part for part in parts if part)
    return f'<header id="title-block-header" class="quarto-title-block title-page">\n{inner}\n</header>\n'


def _chapters(page: Page, pages: Sequence[Page], words: Mapping[str, str]) -> str:
    items = []
    for other in pages:
        here = ' aria-current="page"' if other.name == page.name else ""
        number = f'<span class="number">{other.number}</span> ' if other.number else ""
        items.append(f'<li><a href="{escape(other.name)}"{here}>{number}{escape(other.title)}</a></li>')
    return "\n<ul>\n" + "\n".join(items) + "\n</ul>\n"


def _contents(page: Page, words: Mapping[str, str]) -> str:
    if len(page.sections) < 2:
        return ""
    items = "\n".join(
        f'<li class="level-{s.level}"><a href="#{escape(s.identifier)}">{escape(s.words)}</a></li>'
        for s in page.sections
    )
    title = f'<p id="toc-title">{words["on_page"]}</p>'
    return f'<nav class="report-toc" aria-labelledby="toc-title">\n{title}\n<ul>\n{items}\n</ul>\n</nav>\n'


def _neighbours(pages: Sequence[Page], at: int, words: Mapping[str, str]) -> str:
    links = []
    for other, rel, word in ((at - 1, "prev", words["previous"]), (at + 1, "next", words["next"])):
        if 0 <= other < len(pages):
            shown = f"<span>{word}</span> {escape(_numbered(pages[other], words))}"
            links.append(f'<a class="{rel}" rel="{rel}" href="{escape(pages[other].name)}">{shown}</a>')
    if not links:
        return ""
    return (
        f'<nav class="report-neighbours" aria-label="{words["page_links"]}">\n'
        + "\n".join(links)
        + "\n</nav>\n"
    )
