"""Render books again: one, or every book of a build folder, each in a process of its own."""

from __future__ import annotations

import contextlib
from concurrent.futures import as_completed
from pathlib import Path

from rich.console import Console

from analysis.batch.batchfile import NAME
from analysis.batch.failure import told
from analysis.batch.lock import hold
from analysis.batch.pool import Pool
from analysis.batch.progress import say
from analysis.batch.surroundings import surroundings
from analysis.core.errors import BuildError
from analysis.core.settings import load_batch


def render_books(
    folder: Path,
    *,
    engine: str = "auto",
    formats: tuple[str, ...] | None = None,
    workers: int = 1,
    console: Console,
) -> int:
    """Render the book in `folder`, or all books of the build folder `folder`; return how many failed.

    One process per book: two renderings in one folder write over each other. Raises BuildError where the
    folder is neither a book nor a build with books, or a batch is at work in the build.
    """
    folder = Path(folder).resolve()
    if (folder / "_quarto.yml").is_file():
        build = next((path for path in folder.parents if (path / "plan.json").is_file()), None)
        # A batch at work there may be writing this very book.
        with contextlib.nullcontext() if build is None else hold(build):
            say(console, _render(folder, engine, formats))
        return 0
    books = books_of(folder)
    if not (folder / NAME).is_file() or not books:
        raise BuildError(
            "there is no book here",
            where=str(folder),
            expected="a Quarto book (a folder with _quarto.yml), or a build folder with reports",
            todo="make the reports first: tilstand run params/demo.yaml",
        )
    failed = 0
    environment = surroundings(load_batch(folder / NAME).date)
    with hold(folder), Pool(workers, environment, renew_after=_render) as pool:
        futures = {pool.submit(_render, book, engine, formats): book for book in books}
        for number, future in enumerate(as_completed(futures), start=1):
            name = futures[future].relative_to(folder).as_posix()
            error = future.exception()
            if error is not None:
                failed += 1
                kind, message = told(error) if isinstance(error, Exception) else (type(error).__name__, "")
                say(console, f"[{number}/{len(books)}] FAILED {name}: {kind}: {message}")
            else:
                say(console, f"[{number}/{len(books)}] {future.result()}")
    return failed


def books_of(build: Path) -> list[Path]:
    """Return the folders of all books in a build folder, in order.

    A municipality's edition is one book, or one in a folder of its own for each unit or service.
    """
    found = [path.parent for depth in ("*/*", "*/*/*") for path in build.glob(f"{depth}/_quarto.yml")]
    return sorted(
        book
        for book in found
        if not any(part.startswith(("_", ".")) for part in book.relative_to(build).parts)
    )


def _render(book: Path, engine: str, formats: tuple[str, ...] | None) -> str:
    # Heavy, and for many books needed in the workers alone.
    from analysis.report import render  # noqa: PLC0415

    made = render(book, engine=engine, formats=formats)
    return f"{made.engine} {made.version}: " + ", ".join(str(path) for path in made.files.values())
