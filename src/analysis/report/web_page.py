"""The pages of a build folder that belong to no report: their look, their fonts, what every one carries."""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path

from analysis.core.language import Language
from analysis.core.paths import project_root, write_text
from analysis.core.settings import Batch

_STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #565d66; --rule: #9aa1a9; --blue: #1b5a92; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 46rem; color: var(--ink); background: #fff;
  font: 1.0625rem/1.55 "Tilstand Sans", "Source Sans 3", "Source Sans Pro", "Segoe UI", Arial, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.375rem; line-height: 1.3; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.0625rem; margin: 1rem 0 .25rem; }
.note { color: var(--soft); margin: 0 0 2rem; }
.reports { list-style: none; padding: 0; margin: 0; border-top: 1px solid var(--ink); }
.reports > li { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; padding: .75rem 0;
  border-bottom: 1px solid var(--rule); }
.reports > li > :first-child { flex: 1 1 14rem; font-weight: 600; }
.reports .reports { border-top: 0; } .reports .reports > li { padding: .4rem 0; }
.reports .reports > li:last-child { border-bottom: 0; }
.reports .reports > li > :first-child { font-weight: 400; }
.reports > li > details { flex-basis: 100%; } details a { font-weight: 400; }
summary { cursor: pointer; } summary:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
a { color: var(--blue); } a:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
@media (max-width: 30rem) { .reports > li > :first-child { flex-basis: 100%; } }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .9375rem; }
"""


def write_page(path: Path, batch: Batch, *, title: str, body: str) -> Path:
    """Write a page of HTML with the batch's language, look and date, whole or not at all, and return it.

    `body` is HTML that holds its own first heading; `title` is plain text.
    """
    language = Language(batch.language)
    page = f"""<!DOCTYPE html>
<html lang="{language.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_faces(Path(path).parent)}{_STYLE}</style>
</head>
<body>
<main>
{body.strip()}
</main>
<footer>{escape(language.date(batch.date))}</footer>
</body>
</html>
"""
    write_text(path, page)
    return Path(path)


def marks_of(batch: Batch) -> str:
    """Return what every page says first: that the data are invented, that all of it is a draft."""
    text = Language(batch.language).text
    notes = [text("Draft, not for publication")]
    if batch.synthetic:
        notes.insert(0, text("Synthetic data: the municipalities and all answers are invented"))
    return ". ".join(notes) + "."


def _faces(build: Path) -> str:
    """Put the reports' own fonts beside the page, so that it needs no network, and name them."""
    source = project_root() / "reports" / "styles" / "fonts"
    target = build / "index_fonts"
    rules = []
    for name, weight in (("Regular", 400), ("SemiBold", 600)):
        file = source / f"TilstandSans-{name}.woff2"
        if file.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / file.name)
            rules.append(
                f'@font-face {{ font-family: "Tilstand Sans"; font-weight: {weight}; '
                f"src: url(index_fonts/{file.name}) format('woff2'); }}"
            )
    return "\n".join(rules)
