"""Images: their files, their format by output, and their alternative text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from analysis.core.errors import RenderError
from analysis.report.embedded.tree import Node, Nodes, plain, rewrite

EXTENSIONS = {"html": "svg", "typst": "svg", "docx": "png"}
"""The image that each format takes where a name has no ending and the book says nothing else."""


def place_images(
    blocks: Nodes, *, folder: Path, extension: str, where: Callable[[str], str], files: set[str]
) -> Nodes:
    """Return blocks whose images have their file's full name and their alternative text as description.

    The names are added to `files`. Raises RenderError for a missing file or alternative text.
    """

    def change(node: Node) -> Nodes | None:
        if node["t"] != "Image":
            return None
        (identifier, classes, pairs), caption, (url, _) = node["c"]
        name = url if PurePosixPath(url).suffix else f"{url}.{extension}"
        if "://" in url or url.startswith(("/", "data:")) or ".." in PurePosixPath(url).parts:
            raise RenderError("an image must be a file in the book's folder", where=where(url), found=url)
        if not (folder / name).is_file():
            raise RenderError(
                "there is no such image",
                where=where(url),
                found=name,
                todo="make the figure, or check its name",
            )
        attributes = dict(pairs)
        alt = attributes.pop("fig-alt", "") or attributes.pop("alt", "") or plain(caption)
        if not alt.strip():
            raise RenderError(
                "an image has no alternative text",
                where=where(url),
                found=url,
                expected='{fig-alt="the finding and its numbers"}',
            )
        for key in attributes:
            if key not in ("width", "height"):
                raise RenderError("an image's attribute is not known", where=where(key), found=key)
        files.add(name)
        return [
            {
                "t": "Image",
                "c": [
                    [identifier, classes, sorted(map(list, attributes.items()))],
                    [_verbatim(alt)],
                    [name, ""],
                ],
            }
        ]

    return rewrite(blocks, change)


def _verbatim(words: str) -> Node:
    return {"t": "Str", "c": " ".join(words.split())}
