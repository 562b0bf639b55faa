"""Quarto's shortcodes `include`, `embed` and `meta`, filled in before the text is read as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.core.errors import RenderError

_SHORTCODE = re.compile(r"\{\{<\s*(.*?)\s*>\}\}")
# A code span, and a line that opens or closes a code block.
_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
KNOWN = ("include", "embed", "meta", "pagebreak")


@dataclass(frozen=True)
class Filler:
    """What shortcodes are filled from.

    The book's folder and metadata, the reader of a cell's output, and the metadata's texts without markup.
    """

    folder: Path
    metadata: dict[str, Any]
    cell_output: Callable[[Path, str, str], str]
    plain: Callable[[str], str]


def fill(markdown: str, filler: Filler, *, where: str, within: tuple[str, ...] = ()) -> str:
    """Return `markdown` with its shortcodes replaced by what they stand for.

    Raises RenderError for an unknown shortcode, a missing file, cell or key, and a file that includes itself.
    """
    out, fence = [], ""
    for number, line in enumerate(markdown.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence:
            if mark and mark[1].startswith(fence) and not line.strip(" " + fence[0]):
                fence = ""
        elif "{{<" in line:
            out.append(_fill_line(line, filler, f"{where}, line {number}", within))
            continue
        out.append(line)
    return "\n".join(out)


def _fill_line(line: str, filler: Filler, where: str, within: tuple[str, ...]) -> str:
    code = [m.span() for m in _CODE_SPAN.finditer(line)]
    # Like Quarto, metadata is filled into code too, without markup.

    def replace(match: re.Match) -> str:
        name, *arguments = match[1].split() or [""]
        in_code = any(start <= match.start() < end for start, end in code)
        if name not in KNOWN or (name != "pagebreak" and len(arguments) != 1):
            raise RenderError(
                "the embedded renderer does not know this shortcode",
                where=where,
                found=match[0],
                expected="{{< include FILE >}}, {{< embed NOTEBOOK#LABEL >}}, {{< meta KEY >}}, "
                "{{< pagebreak >}}",
                todo="write it in one of these forms, or render the book with Quarto",
            )
        if name == "meta":
            value = _meta(arguments[0], filler.metadata, where)
            return (filler.plain(arguments[0]) or value) if in_code else value
        if line.strip() != match[0]:
            raise RenderError(
                f"{name} must stand alone in its paragraph", where=where, found=line.strip()[:200]
            )
        if name == "pagebreak":
            return _PAGEBREAK
        return (_include if name == "include" else _embed)(arguments[0], filler, where, within)

    filled = _SHORTCODE.sub(replace, line)
    if "{{<" in _SHORTCODE.sub("", line):
        raise RenderError(
            "a shortcode is not closed", where=where, found=line.strip()[:200], expected="{{< … >}}"
        )
    return filled


_PAGEBREAK = (
    "```{=typst}\n#pagebreak(weak: true)\n```\n\n"
    '```{=openxml}\n<w:p><w:r><w:br w:type="page"/></w:r></w:p>\n```'
)


def _meta(key: str, metadata: dict[str, Any], where: str) -> str:
    value: Any = metadata
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None or isinstance(value, dict | list):
        raise RenderError(
            "there is no such text in the book's metadata",
            where=where,
            found=f"{{{{< meta {key} >}}}}",
            expected="a key of _quarto.yml that holds one text",
        )
    return str(value)


def _include(name: str, filler: Filler, where: str, within: tuple[str, ...]) -> str:
    path = filler.folder / name.lstrip("/")
    if name in within or not path.is_file():
        what = "a file includes itself" if name in within else "there is no such file to include"
        raise RenderError(what, where=where, found=name, todo="check the path")
    return fill(path.read_text("utf-8"), filler, where=name, within=(*within, name))


def _embed(target: str, filler: Filler, where: str, within: tuple[str, ...]) -> str:
    name, _, label = target.partition("#")
    path = filler.folder / name
    if not label or not path.is_file():
        raise RenderError(
            "there is nothing to embed",
            where=where,
            found=target,
            expected="a notebook of the book and #label",
        )
    return fill(filler.cell_output(path, name, label), filler, where=f"{name}#{label}", within=within)
