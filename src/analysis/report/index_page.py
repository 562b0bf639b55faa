"""The way in to all reports of a batch: one page that works from the file system."""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path

from analysis.core.language import Language
from analysis.core.paths import project_root, write_text
from analysis.core.settings import Batch
from analysis.survey import open_store

_STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #565d66; --rule: #9aa1a9; --blue: #1b5a92; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 46rem; color: var(--ink); background: #fff;
  font: 1.0625rem/1.55 "Tilstand Sans", "Source Sans 3", "Source Sans Pro", "Segoe UI", Arial, sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
.note { color: var(--soft); margin: 0 0 2rem; }
ul { list-style: none; padding: 0; margin: 0; border-top: 1px solid var(--ink); }
li { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; padding: .75rem 0;
  border-bottom: 1px solid var(--rule); }
li > :first-child { flex: 1 1 14rem; font-weight: 600; }
a { color: var(--blue); } a:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .9375rem; }
"""


def write_index(build: Path, batch: Batch) -> Path:
    """Write `index.html` in the build folder, with a link to every report that is there, and return it."""
    build = Path(build)
    language = Language(batch.language)
    text = language.text
    register = open_store(batch.store).municipalities().set_index("code")["name"]
    entries = []
    for code in sorted(register.index, key=lambda code: (str(register[code]), code)):
        for edition in batch.editions:
            links = _links(build, code, edition)
            if links:
                entries.append(f"<li><span>{escape(str(register[code]))}</span>{links}</li>")
    notes = [text("Draft, not for publication")]
    if batch.synthetic:
        notes.insert(0, text("Synthetic data: the municipalities and all answers are invented"))
    title = escape(language.pick(batch.title))
    listed = "\n".join(entries) or f"<li><span>{escape(text('No report has been made yet.'))}</span></li>"
    page = f"""<!DOCTYPE html>
<html lang="{language.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_faces(build)}{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="note">{escape(". ".join(notes))}.</p>
<ul>
{listed}
</ul>
</main>
<footer>{escape(language.date(batch.date))}</footer>
</body>
</html>
"""
    path = build / "index.html"
    write_text(path, page)
    return path


def _links(build: Path, code: str, edition: str) -> str:
    folder = build / code / edition / "_report"
    files = [("HTML", folder / "index.html")]
    files += [("PDF", path) for path in sorted(folder.glob("*.pdf"))]
    files += [("Word", path) for path in sorted(folder.glob("*.docx"))]
    return "".join(
        f'<a href="{escape(path.relative_to(build).as_posix())}">{name}</a>'
        for name, path in files
        if path.is_file()
    )


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
