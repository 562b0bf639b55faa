"""An edition's tables as an Excel workbook that a screen reader can use.

One table a sheet, each a table of Excel's own with a head row, beginning in the first column; no merged and
no empty cells, no empty rows; states in words; contents with links, notes, title and language. The same
tables give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.core.language import Language
from analysis.core.paths import write_bytes
from analysis.report.cells import Number, SheetTable
from analysis.show.escape import one_line

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Excel's longest sheet name, and the signs that it does not take in one.
_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_NARROW, _WIDE = 9, 48
_FONT = {"font_name": "Arial", "font_size": 11, "valign": "top"}
_CORE = "docProps/core.xml"


@dataclass(frozen=True)
class Titles:
    """What the workbook is: its title, whom it is about, the marks that every sheet carries, its notes.

    notes: pairs of a word that stands in the tables, and what it means.
    """

    title: str
    place: str
    marks: str
    notes: tuple[tuple[str, str], ...]


def write_workbook(
    path: Path, tables: Sequence[SheetTable], titles: Titles, *, language: Language, date: dt.date
) -> Path:
    """Write the tables, each on a sheet of its own behind contents and notes, and return the path.

    A table without rows is left out, and the contents say so. `date` is what the file says that it was made.
    """
    # Needed when a workbook is written, and by nothing else.
    from xlsxwriter import Workbook as Open  # noqa: PLC0415

    made = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Open(made, {"in_memory": True, **plain})
    created = dt.datetime(date.year, date.month, date.day)
    book.set_properties(
        {"title": f"{titles.title}: {titles.place}", "subject": titles.marks, "author": titles.place,
         "created": created}
    )  # fmt: skip
    written = [table for table in tables if table.rows]
    text = language.text
    names = _sheet_names([text("Contents"), text("Notes"), *(table.name for table in written)])
    contents = _contents(tables, written, names, titles, language)
    notes = SheetTable(
        "notes", names[1], text("Notes"), (titles.marks,), (text("Word"), text("Meaning")), titles.notes
    )
    writer = _Writer(book, titles, names, language)
    for number, table in enumerate((contents, notes, *written)):
        writer.add(number, table)
    book.close()
    write_bytes(Path(path), _with_language(made.getvalue(), language.tag))
    return Path(path)


@dataclass
class _Writer:
    book: Workbook
    titles: Titles
    names: list[str]
    language: Language

    def __post_init__(self) -> None:
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def add(self, number: int, table: SheetTable) -> None:
        sheet: Worksheet = self.book.add_worksheet(self.names[number])
        sheet.hide_gridlines(0)
        lines = [table.title, *table.about]
        # Kept on one line: wrapped, they would make the first column as high as they are long.
        for row, line in enumerate(lines):
            sheet.write_string(
                row, 0, one_line(line), self._format(bold=row == 0, font_size=14 - 3 * (row > 0))
            )
        if number > 0:
            back = self.language.text("Back to the contents")
            sheet.write_url(len(lines), 0, f"internal:'{self.names[0]}'!A1", self._link(), back)
            lines.append(back)
        head = len(lines)
        for i, row in enumerate(table.rows, start=head + 1):
            for j, cell in enumerate(row):
                self._write(sheet, i, j, cell, linked=number == 0 and j == 0)
        last = head + len(table.rows)
        sheet.add_table(
            head, 0, last, len(table.head) - 1,
            {
                "name": f"t{number}_{table.kind}",
                "columns": [
                    {"header": name, "header_format": self._format(bold=True, text_wrap=True)}
                    for name in _distinct(table.head)
                ],
                "style": "Table Style Light 1",
                "banded_rows": False,
                "autofilter": False,
                "title": one_line(table.title),
                "description": one_line(" ".join(table.about)),
            },
        )  # fmt: skip
        sheet.freeze_panes(head + 1, 1)
        for j, width in enumerate(_widths(table)):
            sheet.set_column(j, j, width)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer(f"&L{_footer(self.titles.marks)}&R&P")

    def _write(self, sheet: Worksheet, i: int, j: int, cell: str | Number, *, linked: bool) -> None:
        if isinstance(cell, Number):
            sheet.write_number(i, j, cell.value, self._format(num_format=cell.format, align="right"))
        elif linked and cell in self.names:
            sheet.write_url(i, j, f"internal:'{cell}'!A1", self._link(), cell)
        else:
            # Always as text: a unit's name may begin with "=".
            sheet.write_string(i, j, one_line(cell), self._format(text_wrap=True))

    def _link(self) -> Any:
        return self._format(font_color="#1b5a92", underline=1)

    def _format(self, **how: Any) -> Any:
        key = tuple(sorted(how.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({**_FONT, **how})
        return self._formats[key]


def _contents(
    tables: Sequence[SheetTable],
    written: Sequence[SheetTable],
    names: Sequence[str],
    titles: Titles,
    language: Language,
) -> SheetTable:
    text = language.text
    rows: list[tuple[str | Number, ...]] = [
        (names[1], text("What the words in the tables mean"), Number(len(titles.notes)))
    ]
    rows += [
        (name, table.title, Number(len(table.rows))) for name, table in zip(names[2:], written, strict=True)
    ]
    empty = [table.title for table in tables if not table.rows]
    about = [titles.place, titles.marks]
    if empty:
        about.append(text("Without any rows, and left out: {tables}.", tables=language.series(empty)))
    head = (text("Sheet"), text("Table"), text("Rows"))
    return SheetTable("contents", names[0], titles.title, tuple(about), head, tuple(rows))


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    """Return names that Excel takes: short enough, without signs it forbids, each once.

    >>> _sheet_names(["Notes", "notes", "a/b: c", "x" * 40])
    ['Notes', 'notes 2', 'a b c', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']
    """
    names: list[str] = []
    for text in wanted:
        name = " ".join(_FORBIDDEN.sub(" ", one_line(text)).split())[:_LONGEST].strip() or "-"
        taken = {used.casefold() for used in names}
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name[: _LONGEST - len(str(number)) - 1].rstrip()} {number}"
        names.append(free)
    return names


def _distinct(head: Sequence[str]) -> list[str]:
    """Tell columns of the same name apart: Excel takes no table in which two head cells are alike.

    >>> _distinct(["Answers", "Trust", "answers"])
    ['Answers', 'Trust', 'answers (2)']
    """
    names = [one_line(name) for name in head]
    small = [name.casefold() for name in names]
    seen = [small[:i].count(name) for i, name in enumerate(small)]
    return [f"{name} ({before + 1})" if before else name for name, before in zip(names, seen, strict=True)]


def _widths(table: SheetTable) -> list[float]:
    # A column is as wide as its longest word at least, and as its cells up to a limit; heads are wrapped.
    widths = []
    for j, head in enumerate(table.head):
        cells = [row[j] for row in table.rows]
        longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
        word = max((len(part) for part in one_line(head).split()), default=0)
        widths.append(float(min(_WIDE, max(_NARROW, longest + 1, word + 2))))
    return widths


def _footer(marks: str) -> str:
    # "&" begins a code in a footer.
    return one_line(marks).replace("&", "&&")


def _with_language(content: bytes, tag: str) -> bytes:
    """Put the language into the file's properties, which xlsxwriter has no setting for."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in made.infolist():
            part = made.read(entry)
            if entry.filename == _CORE:
                end = b"</cp:coreProperties>"
                part = part.replace(end, f"<dc:language>{tag}</dc:language>".encode() + end)
            fixed = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            fixed.compress_type, fixed.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(fixed, part)
    return out.getvalue()
