"""Numbers of chapters, sections, figures and tables, and the references that name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.core.errors import RenderError, nearest
from analysis.report.embedded.tree import Node, Nodes, elements, plain, rewrite

KINDS = ("fig", "tbl", "sec")


@dataclass(frozen=True)
class Target:
    """Something that a reference can name: its number, page and, for a chapter, title."""

    identifier: str
    kind: str
    number: str
    page: str
    title: tuple[Node, ...] = ()
    chapter: bool = False
    appendix: bool = False


@dataclass
class Numbers:
    """The numbers of a book so far, filled chapter by chapter in reading order."""

    words: Mapping[str, str]
    targets: dict[str, Target] = field(default_factory=dict)
    _chapters: int = 0
    _appendices: int = 0

    def add_chapter(self, blocks: Nodes, *, page: str, appendix: bool, where: Callable[[str], str]) -> str:
        """Number the headings and floats of one chapter in place, and return the chapter's own number.

        Headings get a `number` key, floats too; in a chapter without a number, sections have none and
        floats count from 1, as in Quarto. Raises RenderError for an id that stands twice.
        """
        title = blocks[0]
        numbered = "unnumbered" not in title["c"][1][1]
        prefix = ""
        if numbered and appendix:
            self._appendices += 1
            prefix = chr(64 + self._appendices)
        elif numbered:
            self._chapters += 1
            prefix = str(self._chapters)
        levels = [0] * 6
        counts = dict.fromkeys(KINDS, 0)
        for node in elements(blocks):
            if node["t"] == "Header":
                self._heading(node, prefix, levels, page, appendix, where, first=node is title)
            elif node["t"] == "Float" and node["id"]:
                counts[node["kind"]] += 1
                own = str(counts[node["kind"]])
                node["number"] = f"{prefix}.{own}" if prefix else own
                self._add(Target(node["id"], node["kind"], node["number"], page), where)
        return prefix

    def _heading(
        self,
        node: Node,
        prefix: str,
        levels: list[int],
        page: str,
        appendix: bool,
        where: Any,
        *,
        first: bool,
    ) -> None:
        level, (identifier, classes, _), inlines = node["c"]
        node["number"] = ""
        if first:
            node["number"] = prefix
        elif level == 1:
            raise RenderError(
                "a chapter has more than one heading of level 1",
                where=where(inlines[0].get("c", "") if inlines else ""),
                expected="one, at the top of the chapter",
            )
        elif prefix and "unnumbered" not in classes:
            levels[level - 1] += 1
            levels[level:] = [0] * (6 - level)
            node["number"] = ".".join([prefix, *(str(n) for n in levels[1:level])])
        if identifier.startswith("sec-"):
            target = Target(identifier, "sec", node["number"], page, tuple(inlines), first, appendix)
            self._add(target, where)

    def _add(self, target: Target, where: Callable[[str], str]) -> None:
        if target.identifier in self.targets:
            raise RenderError(
                "this id stands twice in the book",
                where=where(target.identifier),
                found=f"#{target.identifier}, first on {self.targets[target.identifier].page}",
                todo="give each figure, table and section an id of its own",
            )
        self.targets[target.identifier] = target


def is_reference(identifier: str) -> bool:
    """Say whether a citation's key names a figure, table, section or equation of the book.

    >>> is_reference("fig-trend"), is_reference("goldstein2011")
    (True, False)
    """
    return identifier.lower().partition("-")[0] in (*KINDS, "eq", "lst", "thm") and "-" in identifier


def reference_words(target: Target, before: str) -> Nodes:
    """Return what a reference says: a word and the number.

    >>> reference_words(Target("tbl-a", "tbl", "1.2", "a.html"), "Tabell")
    [{'t': 'Str', 'c': 'Tabell\\xa01.2'}]
    """
    return [{"t": "Str", "c": "\N{NO-BREAK SPACE}".join(part for part in (before, target.number) if part)}]


def refer(
    blocks: Nodes, numbers: Numbers, make: Callable[[Target, str], Nodes], where: Callable[[str], str]
) -> Nodes:
    """Replace references by what `make` gives for a target and the words before its number.

    Raises RenderError for a reference to something that is not in the book.
    """

    def change(node: Node) -> Nodes | None:
        if node["t"] != "Cite":
            return None
        citations = node["c"][0]
        named = [is_reference(c["citationId"]) for c in citations]
        if not any(named):
            return None
        if not all(named):
            raise RenderError(
                "references and citations stand in one bracket",
                where=where("@" + citations[0]["citationId"]),
                todo="write them in brackets of their own",
            )
        out: Nodes = []
        for i, citation in enumerate(citations):
            out += [{"t": "Str", "c": ","}, {"t": "Space"}] if i else []
            out += make(_target(citation["citationId"], numbers, where), _before(citation, numbers))
        return out

    return rewrite(blocks, change)


def _target(identifier: str, numbers: Numbers, where: Callable[[str], str]) -> Target:
    found = numbers.targets.get(identifier) or numbers.targets.get(identifier[0].lower() + identifier[1:])
    if found is None:
        raise RenderError(
            "a reference names nothing in the book",
            where=where("@" + identifier),
            found="@" + identifier,
            expected="the id of a figure (fig-), table (tbl-) or section (sec-)",
            todo=nearest(identifier, numbers.targets) or "correct the reference",
        )
    if not found.number:
        raise RenderError(
            "a reference names a heading without a number",
            where=where("@" + identifier),
            found="@" + identifier,
            expected="a link, as Quarto too gives such a heading no reference",
            todo=f"write [words](#{identifier}), or [words](CHAPTER.qmd#{identifier}) in another chapter",
        )
    return found


def _before(citation: dict[str, Any], numbers: Numbers) -> str:
    if citation["citationPrefix"]:
        return plain(citation["citationPrefix"])
    if citation["citationMode"]["t"] == "SuppressAuthor":
        return ""
    target = numbers.targets.get(citation["citationId"])
    if target and target.chapter:
        return numbers.words["appendix" if target.appendix else "chapter"]
    return numbers.words[citation["citationId"][:3].lower()]
