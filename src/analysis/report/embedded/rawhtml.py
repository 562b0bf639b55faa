"""HTML written by hand in a chapter: the few tags that a page may hold."""

from __future__ import annotations

import re
from collections.abc import Callable

from analysis.core.errors import RenderError
from analysis.report.embedded.tree import Nodes, elements

TAGS = ("details", "summary", "br", "wbr", "abbr", "sub", "sup")
"""Tags that a chapter may write itself; everything else has a form in Markdown."""

_TAG = re.compile(r"<\s*(/?)\s*([a-zA-Z][\w-]*)([^>]*)>")
_ATTRIBUTES = re.compile(r"""(\s+(class|title|lang|id|open)(\s*=\s*("[^"<>]*"|'[^'<>]*'))?)*\s*/?""")


def checked_html(blocks: Nodes, where: Callable[[str], str]) -> None:
    """Raise RenderError where hand-written HTML holds a tag or attribute that a report may not have."""
    for element in elements(blocks):
        if element["t"] not in ("RawBlock", "RawInline") or element["c"][0] != "html":
            continue
        content = element["c"][1]
        left = _TAG.sub(lambda m: "" if _allowed(m) else m[0], content)
        # Words between the tags are as good as any; a lone angle bracket is not.
        if "<" in left:
            raise RenderError(
                "HTML that a report may not hold",
                where=where(content.split("\n")[0]),
                found=content.strip()[:120],
                expected="none but " + ", ".join(f"<{t}>" for t in TAGS),
                todo="write it as Markdown; put a backslash before a < that is meant as one",
            )


def _allowed(match: re.Match) -> bool:
    return match[2].lower() in TAGS and bool(_ATTRIBUTES.fullmatch(match[3]))
