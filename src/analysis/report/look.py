"""Where the report's look lies: styles, fonts, and the Typst and Word templates."""

from __future__ import annotations

from pathlib import Path

from analysis.core.errors import RenderError

_PROJECT = Path(__file__).resolve().parents[3]


def look_folder(name: str, book: Path | None = None) -> Path:
    """Return the folder `styles`, `_extensions/tilstand` or `word` of the look.

    A book that carries its own copy is rendered with that copy; otherwise the project's is used.
    Raises RenderError where neither has it.
    """
    for root in ([book] if book else []) + [_PROJECT / "reports"]:
        if (root / name).is_dir():
            return root / name
    raise RenderError(
        "the look of the reports is missing",
        where=str(_PROJECT / "reports" / name),
        todo="run from a whole checkout of the project",
    )
