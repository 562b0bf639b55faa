"""The HTML of a book: pages, styles, fonts and figures in one folder."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from analysis.report.embedded.frame import framed
from analysis.report.embedded.manuscript import Manuscript
from analysis.report.embedded.pages import write_page
from analysis.report.look import look_folder


def write_site(manuscript: Manuscript, folder: Path) -> Path:
    """Write the book's HTML into the empty folder `folder` and return its first page.

    Nothing but pages, styles, fonts and the images that pages show is written: notebooks stay where they are.
    """
    book, words = manuscript.book, manuscript.numbers.words
    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda text: write_page(manuscript, text), manuscript.texts))
    look = look_folder("styles", book.folder)
    styles = [f"styles/{path.name}" for path in sorted(look.glob("*.css")) if path.name != "quarto.css"]
    for path in sorted(look.rglob("*")):
        if path.is_file() and path.name != "quarto.css":
            _copy(path, folder / "styles" / path.relative_to(look))
    for name in sorted(frozenset().union(*(page.images for page in pages))):
        _copy(book.folder / name, folder / name)
    for page in pages:
        html = framed(page, pages, front=manuscript.front, lang=book.lang, words=words, styles=styles)
        (folder / page.name).write_text(html, encoding="utf-8", newline="\n")
    return folder / pages[0].name


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def move_site(made: Path, output: Path) -> None:
    """Move a finished site into the output folder, the first page last; pages of an older round go.

    The other formats in the folder are left alone. Until the first page stands there again, there is none:
    a site that was cut off is never taken for whole.
    """
    output.mkdir(parents=True, exist_ok=True)
    (output / "index.html").unlink(missing_ok=True)
    new = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    for old in sorted(output.glob("*.html")):
        if old.relative_to(output) not in new:
            old.unlink()
    # `index.html` last; the order of the others does not matter, but is the same each time.
    for name in sorted(new, key=lambda n: (n == Path("index.html"), n)):
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(made / name, output / name)
