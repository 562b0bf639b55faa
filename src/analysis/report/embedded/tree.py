"""Pandoc's document tree as JSON: reading, rewriting, building and the call of pandoc itself."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from analysis.core.errors import RenderError

Node = dict[str, Any]
Nodes = list[Node]
Change = Callable[[Node], "Nodes | None"]

API_VERSION = [1, 23, 1]

# A nursery that the processor's cache holds, and no sweep of the old generation in a run this short: pandoc
# as it comes takes 64 MB of new memory at every start, and a third more processor time for a chapter.
_MEMORY = ("+RTS", "-H4k", "-A2m", "-O128m", "-RTS")


@cache
def pandoc_path() -> str:
    """Return the path of the pandoc that came with the `pypandoc_binary` package."""
    # Imported here: the package looks for pandoc on import, which only a rendering has to pay for.
    import pypandoc  # noqa: PLC0415

    return pypandoc.get_pandoc_path()


@cache
def _command() -> tuple[str, ...]:
    """Return the call of pandoc, with the settings of its memory where this pandoc takes such settings."""
    tuned = (pandoc_path(), *_MEMORY)
    answered = subprocess.run([*tuned, "--version"], capture_output=True, check=False)
    return tuned if answered.returncode == 0 and not answered.stderr else tuned[:1]


def pandoc(text: str, *arguments: str, folder: Path, where: str, epoch: int = 0) -> bytes:
    """Run pandoc on `text` in `folder` and return what it writes; a complaint of its own is an error."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    done = subprocess.run(
        [*_command(), *arguments],
        input=text.encode("utf-8"),
        capture_output=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace").strip()
    # A warning is an unclosed div, a missing image, an unknown citation: never passed over.
    if done.returncode or said:
        raise RenderError(
            "pandoc could not read or write the text as it stands", where=where, found=said[:500]
        )
    return done.stdout


def as_json(blocks: Nodes, meta: dict[str, Any] | None = None) -> str:
    """Write a whole document for pandoc's JSON reader."""
    whole = {"pandoc-api-version": API_VERSION, "meta": meta or {}, "blocks": blocks}
    # A book is four megabytes: no blanks to be read past, no search for rings, of which a tree has none.
    return json.dumps(whole, separators=(",", ":"), check_circular=False)


CHANGED = frozenset(("Header", "Div", "Span", "Table", "Figure", "Image", "Link", "Cite", "Note"))
CHANGED |= {"BulletList", "OrderedList", "RawBlock", "RawInline", "Float", "Callout", "Only"}
"""The elements that a change can be made of: words, emphasis and paragraphs stay as they are."""

# Elements with nothing inside: most of a book, and never changed in place.
_LEAVES = frozenset(("Str", "Space", "SoftBreak", "LineBreak", "HorizontalRule"))


class Settled(list):
    """A part of a tree that holds none of the elements in `CHANGED`.

    It is one and the same object in every tree made of its tree, and must never be changed itself.
    """

    __slots__ = ()


def rewrite(node: Any, change: Change) -> Any:
    """Return `node` with every element for which `change` gives a list replaced by that list.

    `change` is asked of the elements in `CHANGED` alone, of each before its contents; the contents of a
    replacement are not visited again.
    """
    # A book has a quarter of a million nodes and is gone through many times: types are asked for exactly.
    kind = type(node)
    if kind is list:
        out: list = []
        for item in node:
            if type(item) is dict:
                name = item.get("t")
                new = change(item) if name in CHANGED else None
                if new is not None:
                    out.extend(new)
                elif name in _LEAVES or (name not in CHANGED and type(item.get("c")) is Settled):
                    out.append(item)
                else:
                    out.append({key: rewrite(value, change) for key, value in item.items()})
            elif type(item) is list:
                out.append(rewrite(item, change) if item else [])
            else:
                out.append(item)
        return out
    if kind is dict:
        return {key: rewrite(value, change) for key, value in node.items()}
    return node


def elements(node: Any) -> Iterator[Node]:
    """Go through the elements of a tree in the order in which they are read, past what is settled."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if type(found) is dict:
            if "t" in found:
                yield found
                if found["t"] in _LEAVES:
                    continue
            found = list(found.values())
        if type(found) is list:
            waiting.extend(item for item in reversed(found) if type(item) in (list, dict))


def plain(inlines: Any) -> str:
    """Return the words of a run of inline elements, without footnotes.

    >>> plain([{"t": "Str", "c": "Svar"}, {"t": "Space"}, {"t": "Strong", "c": [{"t": "Str", "c": "61"}]}])
    'Svar 61'
    """
    if isinstance(inlines, list):
        return "".join(plain(item) for item in inlines)
    if not isinstance(inlines, dict):
        return ""
    kind = inlines.get("t")
    if kind == "Str":
        return inlines["c"]
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "Math"):
        return inlines["c"][1]
    if kind == "Quoted":
        marks = ("\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}")
        return marks[0] + plain(inlines["c"][1]) + marks[1]
    if kind in ("Note", "RawInline"):
        return ""
    return plain(inlines.get("c", []))


def text(words: str) -> Nodes:
    """Make inline elements of plain words.

    >>> text("Figur 1")
    [{'t': 'Str', 'c': 'Figur'}, {'t': 'Space'}, {'t': 'Str', 'c': '1'}]
    """
    out: Nodes = []
    for i, word in enumerate(words.split(" ")):
        if i:
            out.append({"t": "Space"})
        if word:
            out.append({"t": "Str", "c": word})
    return out


def attr(identifier: str = "", classes: Iterable[str] = (), pairs: Iterable[tuple[str, str]] = ()) -> list:
    """Make an attribute triple."""
    return [identifier, list(classes), [list(p) for p in pairs]]


def para(inlines: Nodes) -> Node:
    """Make a paragraph."""
    return {"t": "Para", "c": inlines}


def block(
    kind: str, blocks: Nodes, *, identifier: str = "", classes: Iterable[str] = (), **pairs: str
) -> Node:
    """Make a `Div`, or a `Span` of inline elements, with attributes."""
    return {
        "t": kind,
        "c": [attr(identifier, classes, [(k.replace("_", "-"), v) for k, v in pairs.items()]), blocks],
    }


def raw(fmt: str, content: str) -> Node:
    """Make a block that is passed to one format as it stands."""
    return {"t": "RawBlock", "c": [fmt, content]}


def raw_inline(fmt: str, content: str) -> Node:
    """Make an inline element that is passed to one format as it stands."""
    return {"t": "RawInline", "c": [fmt, content]}
