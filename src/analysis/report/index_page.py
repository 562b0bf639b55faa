"""The way in to all reports of a batch: one page that works from the file system."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from analysis.core.language import Language
from analysis.core.names import NATIONAL
from analysis.core.settings import Batch
from analysis.report.learning_page import write_learning_page
from analysis.report.web_page import marks_of, write_page
from analysis.steering.editions import reader_of, what_is_shown
from analysis.survey import Store, open_store

#: What a link is called, by how the file's name ends; HTML is a folder's first page.
_CALLED = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}


def write_index(build: Path, batch: Batch) -> Path:
    """Write `index.html` in the build folder, with a link to every report that is there, and return it.

    Beside it stands `learning.html`, the catalogue of measures, where something is known of any.
    """
    build = Path(build)
    page = _Page(build, batch)
    text, title = page.language.text, page.language.pick(batch.title)
    body = [f"<h1>{escape(title)}</h1>", f'<p class="note">{escape(marks_of(batch))}</p>']
    listed = page.municipalities()
    said = escape(text("No report has been made yet."))
    nothing = [f"<li><span>{said}</span></li>"]
    body += [page.whole_country(), "\n".join(listed) if listed and page.several else _list(listed or nothing)]
    return write_page(build / "index.html", batch, title=title, body="\n".join(filter(None, body)))


@dataclass(frozen=True)
class _Page:
    build: Path
    batch: Batch

    @property
    def language(self) -> Language:
        return Language(self.batch.language)

    @cached_property
    def store(self) -> Store:
        return open_store(self.batch.store)

    @cached_property
    def names(self) -> dict[str, str]:
        """The municipalities' names by code, in the order of the names."""
        register = self.store.municipalities().set_index("code")["name"]
        return {c: str(register[c]) for c in sorted(register.index, key=lambda c: (str(register[c]), c))}

    @property
    def several(self) -> bool:
        """Whether a municipality can have more than one report, and so needs a list of its own."""
        return bool(set(self.batch.editions) - {"full", "national"})

    def whole_country(self) -> str:
        """List what is of all municipalities: the national sheet, the catalogue of measures."""
        text = self.language.text
        name = text("The whole country")
        entries = []
        if "national" in self.batch.editions:
            entries += self._entry(self.build / NATIONAL, reader_of("national", self.language), name)
        learning = write_learning_page(self.build, self.batch, self.names)
        if learning is not None:
            called = escape(text("Learning across municipalities"))
            entries.append(f'<li><span>{called}</span><a href="{learning.name}">HTML</a></li>')
        return f"<h2>{escape(name)}</h2>\n{_list(entries)}" if entries else ""

    def municipalities(self) -> list[str]:
        """List every municipality that has a report: on a line of its own, or with all of its editions."""
        found = []
        for code, name in self.names.items():
            if not (self.build / code).is_dir():
                continue
            if not self.several:
                found += self._entry(self.build / code / "full", name)
                continue
            entries = [line for edition in self.batch.editions for line in self._edition(code, name, edition)]
            if entries:
                found.append(f"<h2>{escape(name)}</h2>\n{_list(entries)}")
        return found

    def _edition(self, code: str, place: str, edition: str) -> list[str]:
        folder, text = self.build / code / edition, self.language.text
        match what_is_shown(edition).per:
            case "municipality":
                whole = edition == "full"
                called = text("The whole report") if whole else reader_of(edition, self.language)
                return self._entry(folder, called, place)
            case "service":
                lines = [
                    line
                    for service, name in self._services.items()
                    for line in self._entry(folder / service, name, place)
                ]
                return self._folded(text("For the heads of the services"), len(lines), _list(lines))
            case "unit":
                return self._units(code, folder, place)
        return []

    def _units(self, code: str, folder: Path, place: str) -> list[str]:
        units = self.store.units(municipality=code).sort_values(["name", "unit"])
        parts, number = [], 0
        for service, name in self._services.items():
            of_service = units[units["service"].eq(service)]
            pairs = zip(of_service["unit"], of_service["name"], strict=True)
            lines = [line for unit, called in pairs for line in self._entry(folder / unit, called, place)]
            number += len(lines)
            parts += [f"<h3>{escape(name)}</h3>\n{_list(lines)}"] if lines else []
        return self._folded(self.language.text("For the heads of the units"), number, "\n".join(parts))

    @cached_property
    def _services(self) -> dict[str, str]:
        chosen = self.store.services() if self.batch.services == ("all",) else self.batch.services
        return {service: self.language.pick(self.store.questionnaire(service).name) for service in chosen}

    def _folded(self, called: str, number: int, inside: str) -> list[str]:
        if not number:
            return []
        summary = escape(f"{called} ({self.language.count(number)})")
        return [f"<li><details><summary>{summary}</summary>\n{inside}</details></li>"]

    def _entry(self, folder: Path, name: str, place: str = "") -> list[str]:
        """Return a line with links to all that was made of a book, none where nothing was."""
        made = folder / "_report"
        found = [("HTML", made / "index.html")] if (made / "index.html").is_file() else []
        for ending, called in _CALLED.items():
            found += [(called, path) for path in sorted(made.glob(f"*.{ending}"))]
        if not found:
            return []
        found += [(self.language.text("Calendar"), path) for path in sorted(made.glob("*.ics"))]
        links = []
        for called, path in found:
            # Read aloud by themselves, the links of all reports would have the same names.
            whose = escape(", ".join(part for part in (called, name, place) if part))
            href = escape(path.relative_to(self.build).as_posix())
            links.append(f'<a href="{href}" aria-label="{whose}">{escape(called)}</a>')
        return [f"<li><span>{escape(name)}</span>{''.join(links)}</li>"]


def _list(lines: list[str]) -> str:
    return '<ul class="reports">\n' + "\n".join(lines) + "\n</ul>"
