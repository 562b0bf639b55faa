"""One book of a report made whole: assembled, rendered, its tables in Excel, the calendar beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.core.names import CALENDAR
from analysis.report.edition_tables import write_tables
from analysis.report.editions import assemble_edition, assemble_national
from analysis.report.render import render
from analysis.report.sources import Sources
from analysis.steering.editions import BookOf, what_is_shown


def make_book(sources: Sources, book: BookOf, *, formats: tuple[str, ...]) -> tuple[Path, ...]:
    """Make a book with all that belongs beside its pages, and return the files it stands for.

    Without formats it is only assembled. Raises BuildError where a run is missing, RenderError where a page
    cannot be rendered.
    """
    if book.edition == "national":
        folder = assemble_national(sources)
    else:
        folder = assemble_edition(sources, book, dialogue=sources.tell_dialogue)
    if not formats:
        return (folder / "_quarto.yml",)
    # In a batch the processors have other runs to do, and memory is what workers run out of.
    made = render(folder, formats=formats, side_by_side=False)
    files = [Path(path) for path in made.files.values()]
    steering = sources.adopted if book.edition != "national" else None
    files.append(write_tables(folder, book, sources.batch, sources.labels, steering=steering))
    calendar = sources.home / "runs" / "municipality" / CALENDAR
    if "wheel" in (chapter.id for chapter in what_is_shown(book.edition).chapters) and calendar.is_file():
        files.append(folder / "_report" / CALENDAR)
        shutil.copyfile(calendar, files[-1])
    return tuple(files)
