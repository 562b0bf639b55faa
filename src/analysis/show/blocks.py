"""What a notebook shows: a block that is Markdown in a report and HTML in JupyterLab."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.core.errors import TilstandError
from analysis.core.language import Language
from analysis.core.paths import checked_code
from analysis.facts.labels import Labels

#: Folder of a run's figures, seen from the run's working folder.
FIGURES = "figures"


@dataclass(frozen=True)
class Canvas:
    """Where blocks are shown: in a report or in JupyterLab, in which words, under which ids.

    report: whether this run makes a report; then blocks are Markdown and figures become files.
    folder: the run's working folder; figures go to `figures/` in it. None where nothing is saved.
    prefix: the service's id, or "municipality"; ids and file names begin with it.
    labels: names of places and subjects, and the language.
    caution: under so many answers a result carries a caution.
    """

    report: bool
    folder: Path | None
    prefix: str
    labels: Labels
    caution: int = 30

    def __post_init__(self) -> None:
        # The prefix stands in paths, ids and links.
        checked_code(self.prefix, where="canvas", kind="prefix")
        if self.report and self.folder is None:
            raise TilstandError(
                "a report's figures need a folder", where="canvas", found="None", todo="give the run's folder"
            )

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.labels.language

    def id(self, kind: str, name: str) -> str:
        """Return an id that is the block's own in the whole book, for instance `fig-school-units`."""
        return f"{kind}-{self.prefix}-{name}"


@dataclass(frozen=True)
class Block:
    """One thing a notebook shows.

    In a report run the Markdown goes alone: an HTML form beside it would win, and its number would be lost.
    `id` is what a reference names, "" where the block cannot be referred to.
    """

    markdown: str
    html: str
    plain: str
    report: bool
    id: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        rich = {"text/markdown": self.markdown} if self.report else {"text/html": self.html}
        return {**rich, "text/plain": self.plain}


def join(canvas: Canvas, blocks: Iterable[Block]) -> Block:
    """Put blocks under each other as one."""
    parts = tuple(blocks)
    return Block(
        markdown="\n".join(part.markdown for part in parts),
        html="\n".join(part.html for part in parts),
        plain="\n".join(part.plain for part in parts),
        report=canvas.report,
    )
