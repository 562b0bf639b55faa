"""How a text file is written: its encoding and what stands between its fields."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from charset_normalizer import from_bytes

from analysis.core.errors import DataError

#: What office programs in Western Europe still write when it is not Unicode, the likeliest first.
OLD_ENCODINGS = ("cp1252", "mac_roman", "cp865")
SEPARATORS = (";", ",", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_encoding(content: bytes) -> str:
    """Return the name of the encoding that `content` is written in.

    Certain for a byte-order mark, UTF-8 and UTF-16; a guess among `OLD_ENCODINGS` for everything else.

    >>> find_encoding("blåbær".encode("utf-16")), find_encoding("blåbær".encode("utf-8"))
    ('utf-16', 'utf-8')
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    start = content[:2000]
    # Without a mark: in text that is mostly Latin every other byte is zero.
    if start.count(0) > len(start) / 4:
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    if _fails(content, "utf-8") is None:
        return "utf-8"
    # Only lines with other letters than a–z tell the old encodings apart; they may come late in the file.
    telling = b"\n".join(line for line in content[:20_000_000].splitlines() if not line.isascii())
    best = from_bytes(telling[:100_000], cp_isolation=list(OLD_ENCODINGS)).best()
    guess = best.encoding if best else OLD_ENCODINGS[0]
    return guess if _fails(content, guess) is None else "latin-1"


def decoded(content: bytes, *, encoding: str | None, where: str | Path) -> tuple[str, str]:
    """Return the text of `content` and the encoding's name, found out where `encoding` is None.

    Raises DataError where `encoding` is given and is not what the file is written in.
    """
    really = find_encoding(content)
    if encoding is None:
        return content.decode(really), really
    try:
        given = codecs.lookup(encoding).name
        if not getattr(codecs.lookup(encoding), "_is_text_encoding", True):
            raise LookupError
    except LookupError:
        raise DataError(
            "no such encoding",
            where=str(where),
            found=repr(encoding),
            expected="utf-8, utf-16, cp1252 or another that Python knows",
            todo=f"leave the encoding out, or give {really}",
        ) from None
    place = _fails(content, given)
    # Any bytes at all decode as cp1252, and nearly any as UTF-16: "BlÃ¥bÃ¦r" must not become a unit's name.
    garbled = really.startswith("utf") and not content.isascii() and not _same(given, really)
    garbled = garbled or (given.startswith(("utf-16", "utf-32")) and not really.startswith(given[:6]))
    if place is None and not garbled:
        name = "utf-8-sig" if given == "utf-8" and really == "utf-8-sig" else given
        return content.decode(name).removeprefix("\ufeff"), given
    line = content[: place or 0].count(b"\n") + 1
    raise DataError(
        "the file is not in the encoding given",
        where=str(where),
        found=f"bytes that are not {given}, line {line}" if place is not None else f"{really} text",
        expected=given,
        todo=f"leave the encoding out, or give {really}, which fits",
    )


def _same(given: str, really: str) -> bool:
    return given.replace("-", "").startswith(really.replace("-", "")[:4]) and given[:5] == really[:5]


def _fails(content: bytes, encoding: str) -> int | None:
    """Return the place of the first byte that is not in the encoding, None where all are."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None


def find_separator(text: str) -> str:
    """Return what stands between the fields: what gives the same number of fields in most lines.

    >>> find_separator("navn;vekt\\nØst;1,5\\nVest;0,8\\n")
    ';'
    """
    head = text[:100_000]
    lines = head.splitlines()[:200]
    best, most = ",", (0.0, 0)
    for separator in SEPARATORS:
        try:
            rows = [r for r in csv.reader(io.StringIO("\n".join(lines)), delimiter=separator) if r]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        alike = sum(len(row) == width for row in rows) / len(rows)
        if (alike, width) > most:
            best, most = separator, (alike, width)
    return best
