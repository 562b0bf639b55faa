"""The pages of one edition's book: chapters of chosen cells, and those that are made from facts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.core.errors import BuildError
from analysis.core.names import FACTS
from analysis.facts import Labels, join, read_facts
from analysis.report.book import FRONT, add_facts
from analysis.report.chapters import Part, dangling, included, read_run, shown_markdown, shows, write_parts
from analysis.report.own_service import OwnSteering
from analysis.show import (
    Block,
    Canvas,
    draw_units,
    headline_report,
    headline_units,
    list_certain,
    tabulate_units,
    write_assumptions,
    write_heading,
    write_quality,
)
from analysis.show.escape import to_markdown as escape
from analysis.show.own_unit import headline_own_topics, headline_own_unit, tabulate_own_unit, write_own_unit
from analysis.steering.catalogue import Catalogue
from analysis.steering.editions import BookOf, Chapter, Edition, chapter_title

#: What ids and files of the blocks that are made here begin with: no service and no cell has it.
_OWN = "own-unit"
_FIGURE = re.compile(r"\]\((figures/[\w-]+)\)")
_SUFFIXES = (".svg", ".png")


@dataclass
class Leaves:
    """The pages of one book, written into its folder; `home` holds the municipality's runs.

    steering: of the book's service, where its edition tells of it.
    """

    home: Path
    folder: Path
    labels: Labels
    caution: int
    book: BookOf
    catalogue: Catalogue
    services: tuple[str, ...]
    steering: OwnSteering | None = None
    _used: set[str] = field(default_factory=set)

    def write_front(self, edition: Edition) -> None:
        """Write what the first page includes: the municipality's findings, the service's or the unit's."""
        if edition.front:
            self._used.add("municipality")
            text = included(read_run(self._notebook("municipality")), *edition.front)
        elif self.book.unit:
            facts, unit = self._facts(self.book.service), self.book.unit
            canvas = self._canvas()
            text = page_of(
                write_heading(canvas, 2, headline_own_unit(canvas, facts, unit), id="message"),
                write_own_unit(canvas, facts, unit),
            )
        else:
            canvas, facts = self._canvas(self.book.service), self._all_of_service
            text = page_of(
                write_heading(canvas, 2, headline_report(canvas, facts), id="message"),
                list_certain(canvas, facts),
            )
        (self.folder / "_findings.qmd").write_text(text, encoding="utf-8")

    def write_chapters(self, edition: Edition) -> list[str]:
        """Write the edition's chapters; those of which the runs show nothing are left out."""
        written: list[str] = []
        for i, chapter in enumerate(edition.chapters):
            match chapter.source:
                case "municipality":
                    # A cell with several tags stands in the last of the chapters that ask for it.
                    later = [c for c in edition.chapters[i + 1 :] if c.source == "municipality"]
                    elsewhere = tuple(name for c in later for name in c.cells)
                    written += self._of_municipality(chapter, (*chapter.without, *elsewhere))
                case "service":
                    for service in [self.book.service] if self.book.service else self.services:
                        written.append(self._of_service(service, chapter))
                case "service_groups":
                    written += self._of_groups(chapter)
                case "own_unit":
                    written.append(self._of_unit())
                case "own_service":
                    written += self._of_steering(chapter)
        return written

    def write_dialogue(self, dialogue: Callable[[Canvas, pd.DataFrame, str], Block | None]) -> list[str]:
        """Write the chapter for the unit's own dialogue with its users, where there is something to tell."""
        canvas = self._canvas()
        block = dialogue(canvas, self._all_of_service, self.book.unit)
        if block is None or not block.markdown.strip():
            return []
        title = canvas.language.text("For the dialogue with the users")
        return [self._written("dialogue.qmd", f"# {escape(title)} {{#sec-dialogue}}\n\n{page_of(block)}")]

    def write_appendices(self, edition: Edition) -> None:
        """Write what the appendices include; of one service alone, made from its facts."""
        for tag, write in (("quality", write_quality), ("assumptions", write_assumptions)):
            if f"{tag}.qmd" not in edition.appendices:
                continue
            if self.book.service:
                service = self.book.service
                text = page_of(write(self._canvas(service), self._facts(service)))
            else:
                self._used.add("municipality")
                text = included(read_run(self._notebook("municipality")), tag)
            (self.folder / f"_{tag}.qmd").write_text(text, encoding="utf-8")

    def copy_facts(self) -> None:
        """Copy the facts that the book's numbers stand in: of the runs it draws on."""
        if not self.book.service:
            # What is told of the whole municipality draws on all of its services.
            self._used |= {*self.services, "municipality"}
        for name in sorted(self._used):
            add_facts(self.home / "runs" / name / FACTS, self.folder, name, service=self.book.service)

    def copy_figures(self) -> None:
        """Copy the figures that the book's pages show, and no others."""
        shown = sorted({stem for text in self._texts() for stem in _FIGURE.findall(text)})
        missing = [stem for stem in shown if not (self.folder / f"{stem}.svg").is_file()]
        self._copy_figures(missing)

    def check_references(self, chapters: Sequence[str], appendices: Sequence[str]) -> None:
        """Raise BuildError where a page of the book refers to something that stands in no page of it."""
        pages = [self.folder / name for name in (FRONT, *chapters, *appendices)]
        pages += sorted(self.folder.glob("_*.qmd"))
        lost = dangling(shown_markdown(page) for page in pages)
        if lost:
            raise BuildError(
                "the edition refers to what it does not hold",
                where=str(self.home / self.book.folder),
                found=", ".join(lost),
                expected="the cells that are referred to among the edition's",
                todo="add the cells to the edition's chapter, or take the reference out of the block",
            )

    def _of_municipality(self, chapter: Chapter, without: tuple[str, ...]) -> list[str]:
        notebook = self._notebook("municipality")
        if not shows(read_run(notebook), chapter.cells, without):
            return []
        self._used.add("municipality")
        heading = f"# {escape(chapter_title(chapter.id, self.labels.language))} {{#sec-{chapter.id}}}"
        target = self.folder / f"{chapter.id}.ipynb"
        write_parts([Part(notebook, cells=chapter.cells, without=without)], target, heading=heading)
        return [target.name]

    def _of_service(self, service: str, chapter: Chapter) -> str:
        self._used.add(service)
        target = self.folder / f"service-{service}.ipynb"
        write_parts(
            [Part(self._notebook(service), cells=chapter.cells)], target, heading=self._heading(1, service)
        )
        return target.name

    def _of_groups(self, chapter: Chapter) -> list[str]:
        """Write a chapter a service group; a group of one service of the same name is that service's own."""
        names: dict[str, list[str]] = {}
        for service in self.catalogue.ordered(self.services):
            group = self.catalogue.group_of(service)
            names.setdefault(group.id if group else service, []).append(service)
        written = []
        for id, services in names.items():
            group = self.catalogue.group_of(services[0])
            title = self.labels.language.pick(group.name) if group else self.labels.service(services[0])
            if len(services) == 1 and title == self.labels.service(services[0]):
                written.append(self._of_service(services[0], chapter))
                continue
            self._used |= set(services)
            parts = [Part(self._notebook(s), self._heading(2, s), chapter.cells) for s in services]
            target = self.folder / f"group-{id}.ipynb"
            write_parts(parts, target, heading=f"# {escape(title)} {{#sec-group-{id}}}")
            written.append(target.name)
        return written

    def _of_unit(self) -> str:
        canvas, unit, facts = self._canvas(), self.book.unit, self._facts(self.book.service)
        body = page_of(
            write_heading(canvas, 2, headline_own_topics(canvas, facts, unit), id="topics"),
            tabulate_own_unit(canvas, facts, unit),
            write_heading(canvas, 2, headline_units(canvas, facts), id="units"),
            draw_units(canvas, facts, first=unit),
            tabulate_units(canvas, facts, first=unit),
        )
        return self._written(f"{_OWN}.qmd", f"# {escape(self.labels.unit(unit))} {{#sec-{_OWN}}}\n\n{body}")

    def _of_steering(self, chapter: Chapter) -> list[str]:
        canvas = self._canvas("own-service")
        blocks = self.steering.blocks(chapter.id, canvas, self._all_of_service) if self.steering else ()
        if not any(block.markdown.strip() for block in blocks):
            return []
        heading = f"# {escape(chapter_title(chapter.id, canvas.language))} {{#sec-{chapter.id}}}"
        return [self._written(f"{chapter.id}.qmd", f"{heading}\n\n{page_of(*blocks)}")]

    def _facts(self, service: str) -> pd.DataFrame:
        self._used.add(service)
        return read_facts(self.home / "runs" / service / FACTS)

    @cached_property
    def _all_of_service(self) -> pd.DataFrame:
        """The service's facts, with what the municipality's own run says of it."""
        self._used.add("municipality")
        own = read_facts(self.home / "runs" / "municipality" / FACTS)
        return join([self._facts(self.book.service), own[own["service"].eq(self.book.service)]])

    def _canvas(self, prefix: str = _OWN) -> Canvas:
        return Canvas(
            report=True, folder=self.folder, prefix=prefix, labels=self.labels, caution=self.caution
        )

    def _heading(self, level: int, service: str) -> str:
        return f"{'#' * level} {escape(self.labels.service(service))} {{#sec-{service}}}"

    def _notebook(self, run: str) -> Path:
        return self.home / "runs" / run / "notebook.ipynb"

    def _written(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def _texts(self) -> Iterable[str]:
        pages = [*self.folder.glob("*.ipynb"), *self.folder.glob("*.qmd")]
        return (shown_markdown(page) for page in pages)

    def _copy_figures(self, stems: Iterable[str]) -> None:
        # Each run's folder is listed once: asked for every figure in every run, it is thousands of times.
        runs = (self.home / "runs" / run / "figures" for run in sorted(self._used))
        there = {path.name: path for folder in runs for path in folder.glob("*")}
        for name in (f"{stem.removeprefix('figures/')}{suffix}" for stem in stems for suffix in _SUFFIXES):
            if name in there:
                (self.folder / "figures").mkdir(exist_ok=True)
                shutil.copyfile(there[name], self.folder / "figures" / name)


def page_of(*blocks: Block) -> str:
    """Return the blocks as the text of one page, without those that show nothing."""
    return "\n\n".join(block.markdown.strip("\n") for block in blocks if block.markdown.strip()) + "\n"
